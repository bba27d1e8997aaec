//! The statements of one's own shop.

use super::sheet::{self, Row};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::services::service::records::DocumentFilter;
use askama::Template;
use std::collections::HashMap;

const BASE: &str = "/shop/statements";

#[derive(Template)]
#[template(path = "statements_own.html")]
struct ListPage {
    f: Frame,
    shop: String,
    rows: Vec<Row>,
    next: Option<String>,
}

/// All of them, newest first.
pub async fn list(visit: Visit) -> Answer {
    let (id, shop) = crate::portal::shops::shelf::own_shop(&visit).await?;
    let filter = DocumentFilter { merchant: Some(id), ..DocumentFilter::default() };
    let (found, next) = sheet::page_of(&visit, filter, BASE, "").await?;
    let rows = sheet::rows(&visit, &found, &HashMap::new(), BASE);
    let f = visit.frame(visit.words().office_statements_title()).await?;
    visit.page(&ListPage { f, shop, rows, next })
}

/// One statement with each line.
pub async fn show(visit: Visit) -> Answer {
    sheet::show(&visit, BASE).await
}

/// Confirms it, or disputes some of its lines.
pub async fn take(visit: Visit) -> Answer {
    sheet::take(&visit, BASE).await
}
