//! The steps of life cycles: routes, their part of the OpenAPI document, and one handler for all of them, from the
//! tables of `domain::life_cycles`. A step with a body of its own has a handler of its own, which ends in
//! [`respond`].

use super::edge::{Shared, language};
use super::extract::{Ask, Keyed, PathOf, admit_with};
use super::fields::Reason;
use super::problem::ApiError;
use super::receipt::{Answered, ReceiptView};
use crate::auth::permissions::Actor;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::life_cycle::{Answers, Asks, Step};
use crate::services::step::{HasLifeCycle, Params, because};
use actix_web::dev::{AppService, HttpServiceFactory, Payload};
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Resource, guard};
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use serde_json::Value;
use std::marker::PhantomData;
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, Paths};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ContentBuilder, PathItem, Ref, RefOr, Required, ResponseBuilder, SecurityRequirement};
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::service_config::ServiceConfig;

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    reason: Reason,
}

/// Why, if there is anything to say.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaybeReasonBody {
    reason: Option<Reason>,
}

/// Schemas of the OpenAPI document, by name.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// How a thing and the receipt of one of its steps are shown.
pub trait Shown: HasLifeCycle {
    /// The schemas of the thing and of its receipt.
    const SCHEMAS: (&'static str, &'static str) = ("", "ReceiptView");

    /// Adds these schemas to the OpenAPI document.
    fn schemas(schemas: &mut Schemas) {
        add_schema::<ReceiptView>(schemas);
    }

    fn view(self, _: Language) -> Result<Value, ApiError> {
        Err(ApiError::Internal(format!("a {} is not shown", Self::CYCLE.thing)))
    }

    fn receipt(_: &Actor, answered: Answered) -> Result<HttpResponse, ApiError> {
        answered.respond()
    }
}

/// Adds a schema and all schemas that it refers to.
pub fn add_schema<S: ToSchema>(schemas: &mut Schemas) {
    schemas.push((S::name().into_owned(), S::schema()));
    S::schemas(schemas);
}

/// Adds the routes of all steps without a handler of their own.
pub fn routes<T: Shown>(config: &mut ServiceConfig) {
    for step in T::CYCLE.steps.iter().copied().filter(|step| step.route.is_some()) {
        config.service(Route::<T> { step, of: PhantomData });
    }
}

/// Takes a step and answers as its table says.
pub async fn respond<T: Shown>(
    state: &Shared,
    request: &HttpRequest,
    actor: &Actor,
    keyed: &Keyed,
    (step, id, params): (&'static Step, Id, Params),
) -> Result<HttpResponse, ApiError> {
    let call = if step.posts() { keyed.money_call(actor)? } else { keyed.call(actor) };
    let stepped = state.services.step::<T>(&call, step, id, params).await?;
    match step.answers {
        Answers::Nothing => Ok(HttpResponse::NoContent().finish()),
        Answers::Thing => Ok(HttpResponse::Ok().json(stepped.changed()?.view(language(request))?)),
        Answers::Receipt => T::receipt(actor, Answered::ok(stepped.posted()?)),
        Answers::Made => T::receipt(actor, Answered::created(stepped.posted()?)),
    }
}

async fn take<T: Shown>(
    state: Shared,
    request: HttpRequest,
    taker: Taker,
    path: PathOf<Id>,
    ask: StepAsk,
) -> Result<HttpResponse, ApiError> {
    respond::<T>(&state, &request, &taker.actor, &ask.keyed, (taker.step, path.0, ask.params)).await
}

struct Route<T> {
    step: &'static Step,
    of: PhantomData<T>,
}

impl<T: Shown> Route<T> {
    fn path(&self) -> String {
        format!("{}/{}", T::CYCLE.path, self.step.route.unwrap_or_default())
    }
}

/// Attached to the route of a step: which step it is.
#[derive(Clone, Copy)]
struct StepOf(&'static Step);

impl<T: Shown> HttpServiceFactory for Route<T> {
    fn register(self, config: &mut AppService) {
        let resource = Resource::new(self.path()).name(self.step.name).guard(guard::Post());
        HttpServiceFactory::register(resource.app_data(StepOf(self.step)).to(take::<T>), config);
    }
}

impl<T: Shown> OpenApiFactory for Route<T> {
    fn paths(&self) -> Paths {
        let (step, (thing, receipt)) = (self.step, T::SCHEMAS);
        let id = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(Ref::from_schema_name("Id")));
        let json = |schema: &str| {
            let schema = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
            ResponseBuilder::new().content("application/json", schema).build()
        };
        let (status, answer) = match step.answers {
            Answers::Nothing => ("204", ResponseBuilder::new().build()),
            Answers::Thing => ("200", json(thing)),
            Answers::Receipt => ("200", json(receipt)),
            Answers::Made => ("201", json(receipt)),
        };
        let mut operation = OperationBuilder::new()
            .operation_id(Some(step.name))
            .summary(Some(step.about))
            .tag(T::CYCLE.tag)
            .parameter(id)
            .response(status, answer);
        for right in step.rights {
            operation = operation.security(SecurityRequirement::new("bearer", [right.as_str()]));
        }
        let asks = match step.asks {
            Asks::Reason => Some(("ReasonBody", Required::True)),
            Asks::MaybeReason => Some(("MaybeReasonBody", Required::False)),
            Asks::Nothing | Asks::Own => None,
        };
        if let Some((schema, required)) = asks {
            let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
            let body = RequestBodyBuilder::new().content("application/json", body).required(Some(required));
            operation = operation.request_body(Some(body.build()));
        }
        Paths::builder().path(self.path(), PathItem::new(HttpMethod::Post, operation.build())).build()
    }

    fn schemas(&self, schemas: &mut Schemas) {
        add_schema::<ReasonBody>(schemas);
        add_schema::<MaybeReasonBody>(schemas);
        T::schemas(schemas);
    }
}

/// The caller, authenticated with one of the step's rights.
struct Taker {
    actor: Actor,
    step: &'static Step,
}

fn step_of(request: &HttpRequest) -> Result<&'static Step, ApiError> {
    let step = request.app_data::<StepOf>().map(|of| of.0);
    step.ok_or_else(|| ApiError::Internal("a route without its step".into()))
}

impl FromRequest for Taker {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let step = step_of(request);
        let admitted = admit_with(request, step.as_ref().map_or(&[], |step| step.rights));
        Box::pin(async move { Ok(Taker { actor: admitted.await?, step: step? }) })
    }
}

/// The body of a step's request, and its key.
struct StepAsk {
    keyed: Keyed,
    params: Params,
}

impl FromRequest for StepAsk {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        match step_of(request).map(|step| step.asks) {
            Ok(Asks::Reason) => {
                let ask = Ask::<ReasonBody>::from_request(request, payload);
                Box::pin(async move {
                    let Ask { body, keyed } = ask.await?;
                    Ok(StepAsk { keyed, params: because(Some(body.reason.into())) })
                })
            }
            Ok(Asks::MaybeReason) if request.headers().contains_key(header::CONTENT_TYPE) => {
                let ask = Ask::<MaybeReasonBody>::from_request(request, payload);
                Box::pin(async move {
                    let Ask { body, keyed } = ask.await?;
                    Ok(StepAsk { keyed, params: because(body.reason.map(String::from)) })
                })
            }
            _ => {
                let keyed = Keyed::from_request(request, payload);
                Box::pin(async move { Ok(StepAsk { keyed: keyed.await?, params: Params::new() }) })
            }
        }
    }
}
