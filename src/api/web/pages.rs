//! HTML pages for people who open the server's address in a browser.

use super::problem::Problem;
use crate::domain::language::Language;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

pub fn welcome(language: Language) -> HttpResponse {
    let (title, words) = match language {
        Language::Chinese => (
            "涧贤 · 社区志愿服务积分银行",
            "这里是积分银行的服务地址，供程序使用。使用方法请看接口文档；不知道从何入手时，请找您所在社区的工作人员。",
        ),
        Language::English => (
            "jianxian · points for volunteer service",
            "This is the address at which programs reach the points bank. The reference tells how; if in doubt, ask the staff of your community.",
        ),
    };
    page(StatusCode::OK, title, words, language)
}

/// The problem as a page, with a link onward.
pub fn not_found(problem: &Problem, language: Language) -> HttpResponse {
    page(StatusCode::NOT_FOUND, &problem.title, &problem.detail, language)
}

fn page(status: StatusCode, title: &str, words: &str, language: Language) -> HttpResponse {
    let (tag, home, docs) = match language {
        Language::Chinese => ("zh-CN", "首页", "接口文档"),
        Language::English => ("en", "Start page", "Reference"),
    };
    let (title, words) = (escaped(title), escaped(words));
    let text = format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <h1>{title}</h1>\n<p>{words}</p>\n<p><a href=\"/\">{home}</a> · <a href=\"/docs/\">{docs}</a></p>\n</html>\n"
    );
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .insert_header((header::VARY, "Accept, Accept-Language"))
        .body(text)
}

/// Escapes text for HTML: a problem may quote the caller.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
