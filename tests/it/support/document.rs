//! The OpenAPI document, operation by operation, and the files of docs/ that are generated from it.

use crate::support::source;
use jianxian::api::openapi;
use serde_json::{Map, Value};

pub struct Operation {
    pub method: String,
    pub path: String,
    pub id: String,
    pub members: Map<String, Value>,
}

pub fn parsed() -> Value {
    serde_json::from_str(openapi()).unwrap()
}

/// All operations, in the order of the document.
pub fn operations() -> Vec<Operation> {
    let document = parsed();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                id: operation["operationId"].as_str().unwrap().to_owned(),
                members: operation.as_object().unwrap().clone(),
            });
        }
    }
    found
}

/// A generated file of docs/. With UPDATE set it is rewritten.
pub fn kept(name: &str, wanted: &str) {
    let path = source::root().join("docs").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/{name} is out of date: run the tests with UPDATE=1 and look at the difference"
    );
}
