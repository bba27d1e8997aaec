//! Lists with a maximum length.

use crate::api::web::faults::FieldFault;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A list of `LEAST` to `MOST` items. Reading stops at the first item beyond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListOf<T, const LEAST: usize, const MOST: usize>(pub Vec<T>);

impl<'de, T: Deserialize<'de>, const LEAST: usize, const MOST: usize> Deserialize<'de>
    for ListOf<T, LEAST, MOST>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T, const LEAST: usize, const MOST: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const LEAST: usize, const MOST: usize> Visitor<'de>
            for ListVisitor<T, LEAST, MOST>
        {
            type Value = Vec<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
                let mut items = Vec::new();
                // The length first: a list that is too long is not the fault of one of its items.
                if seq.size_hint().is_some_and(|length| length > MOST) {
                    return Err(A::Error::custom(FieldFault::TooManyItems { most: MOST }));
                }
                while let Some(item) = seq.next_element()? {
                    if items.len() == MOST {
                        return Err(A::Error::custom(FieldFault::TooManyItems { most: MOST }));
                    }
                    items.push(item);
                }
                if items.len() < LEAST {
                    return Err(A::Error::custom(FieldFault::TooFewItems { least: LEAST }));
                }
                Ok(items)
            }
        }
        deserializer.deserialize_seq(ListVisitor::<T, LEAST, MOST>(PhantomData)).map(ListOf)
    }
}

impl<T: ToSchema, const LEAST: usize, const MOST: usize> PartialSchema for ListOf<T, LEAST, MOST> {
    fn schema() -> RefOr<Schema> {
        let item: RefOr<Schema> = Ref::from_schema_name(T::name()).into();
        ArrayBuilder::new().items(item).min_items(Some(LEAST)).max_items(Some(MOST)).into()
    }
}

impl<T: ToSchema, const LEAST: usize, const MOST: usize> ToSchema for ListOf<T, LEAST, MOST> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("ListOf{}{}", MOST, T::name()).into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::web::faults::{FieldError, Place};
    use crate::api::web::fields::Code;
    use serde_json::json;

    #[test]
    fn a_list_has_its_length() {
        type Few = ListOf<Code, 1, 2>;
        let code = |value| {
            let error = serde_json::from_value::<Few>(value).unwrap_err();
            FieldError::from_message(Place::Body, "items", &error.to_string()).code()
        };
        assert_eq!(serde_json::from_value::<Few>(json!(["a", "b"])).unwrap().0.len(), 2);
        assert_eq!(code(json!([])), "field_too_few_items");
        assert_eq!(code(json!(["a", "b", "c"])), "field_too_many_items");
        assert_eq!(code(json!(["a", "b", 3])), "field_too_many_items");
        assert_eq!(code(json!(["a", 3])), "field_wrong_type");
        assert_eq!(code(json!("a")), "field_wrong_type");
    }
}
