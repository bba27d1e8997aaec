//! `/v1/bank` and `/v1/settings`: the bank's name, and the settings in force.

use crate::api::web::edge::{Shared, language};
use crate::api::web::extract::{Ask, May, right};
use crate::api::web::fields::Title;
use crate::api::web::problem::ApiError;
use actix_web::{HttpRequest, HttpResponse, get, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankBody {
    name: Title,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BankView {
    /// Its short name in links and at sign-in.
    slug: String,
    name: String,
    zone: String,
    /// 演示数据，均为虚构 · everything in this bank is made up.
    sample: bool,
}

/// A setting in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingView {
    #[schema(example = "http.port")]
    key: &'static str,
    /// Passwords in it are hidden.
    value: String,
    /// `default`, a file, a variable of the environment, or a flag.
    #[schema(example = "default")]
    from: String,
    /// In the language asked for.
    about: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsView {
    items: Vec<SettingView>,
}

/// 银行名称 · gives the bank another name, which every page and printout bears from then on.
#[utoipa::path(tag = "organisation", security(("bearer" = ["manage_bank"])), request_body = BankBody,
    responses((status = 200, body = BankView)))]
#[put("/v1/bank")]
pub async fn rename_bank(
    state: Shared,
    may: May<right::ManageBank>,
    ask: Ask<BankBody>,
) -> Result<HttpResponse, ApiError> {
    let bank = state.services.rename_bank(&ask.keyed.call(&may.actor), ask.body.name.into()).await?;
    Ok(HttpResponse::Ok().json(BankView {
        slug: bank.slug,
        name: bank.name,
        zone: bank.zone,
        sample: bank.sample,
    }))
}

/// 生效的设置 · the settings of the server in force, and where each comes from: those that `jianxian config` lists.
#[utoipa::path(tag = "organisation", security(("bearer" = ["manage_bank"])),
    responses((status = 200, body = SettingsView)))]
#[get("/v1/settings")]
pub async fn list_settings(
    state: Shared,
    request: HttpRequest,
    _may: May<right::ManageBank>,
) -> Result<HttpResponse, ApiError> {
    let language = language(&request);
    let items = state.settings.iter().map(|row| SettingView {
        key: row.key,
        value: row.value.clone(),
        from: row.from.clone(),
        about: row.about_in(language),
    });
    Ok(HttpResponse::Ok().json(SettingsView { items: items.collect() }))
}
