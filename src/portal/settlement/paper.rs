//! A statement on paper, A4, to be signed and stamped by both sides.

use super::sheet::{Line, lines, period, state_words, yuan};
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::settlement::statement::SettlementModel;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::texts::sentences as s;
use askama::Template;

#[derive(Template)]
#[template(path = "print_statement.html")]
struct PaperPage {
    f: Frame,
    back: String,
    shop: String,
    period: String,
    state: String,
    points: String,
    payable: String,
    /// What is paid for a point.
    rate: Option<String>,
    number: String,
    hash: String,
    day: String,
    lines: Vec<Line>,
}

async fn paper(visit: Visit, base: &str) -> Answer {
    let id = visit.path::<Id>("id")?;
    let seen = visit.services().statement_seen(&visit.reading()?, id).await?;
    let statement = &seen.statement;
    let month = period(&visit, &statement.period);
    let text = id.to_string();
    let rate = (statement.model == SettlementModel::CommunityFund)
        .then(|| visit.say(s::OfficeRate { fen: statement.rate_fen.clone() }));
    let page = PaperPage {
        f: visit.frame(format!("{} · {} · {month}", visit.words().print_statement(), seen.shop)).await?,
        back: format!("{base}/{id}"),
        period: month,
        state: state_words(&visit, statement.state),
        points: points(statement.net_points),
        payable: yuan(statement.payable_fen),
        rate,
        number: text.rsplit('-').next().unwrap_or_default().to_uppercase(),
        hash: statement.lines_hash.clone(),
        day: visit.days().today.to_string(),
        lines: lines(&visit, &seen),
        shop: seen.shop,
    };
    visit.page(&page)
}

/// For the shop.
pub async fn own(visit: Visit) -> Answer {
    paper(visit, "/shop/statements").await
}

/// For the community.
pub async fn desk(visit: Visit) -> Answer {
    paper(visit, "/staff/statements").await
}
