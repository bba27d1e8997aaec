//! Two versions of a scheme side by side: the lines that differ, and the rules that differ in words.

use super::schemes::read;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::services::points::schemes::SchemeVersionRow;
use crate::texts::sentences as s;
use askama::Template;
use similar::{DiffOp, TextDiff};
use std::collections::BTreeSet;

/// Lines shown around a difference.
const AROUND: usize = 2;

/// A line of one version: its number and text.
type Numbered = (usize, String);

/// A line of both versions, or of one.
struct Row {
    old: Option<Numbered>,
    new: Option<Numbered>,
    /// `same`, `changed`, `removed` or `added`.
    kind: &'static str,
    /// Lines before it are left out.
    is_gap: bool,
}

#[derive(Template)]
#[template(path = "scheme_compare.html")]
struct ComparePage {
    f: Frame,
    path: String,
    title: String,
    old: i64,
    new: i64,
    rows: Vec<Row>,
    /// Rules that only one of them has, in words.
    gone: Vec<String>,
    come: Vec<String>,
}

/// The differing lines of two texts with the lines around them.
fn rows(old: &str, new: &str) -> Vec<Row> {
    let diff = TextDiff::from_lines(old, new);
    let (olds, news): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let line =
        |lines: &[&str], at: usize| lines.get(at).map(|text| (at.saturating_add(1), (*text).to_owned()));
    let mut rows = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        let begins = rows.len();
        for op in group {
            let (from, to) = (op.old_range(), op.new_range());
            let kind = match op {
                DiffOp::Equal { .. } => "same",
                DiffOp::Delete { .. } => "removed",
                DiffOp::Insert { .. } => "added",
                DiffOp::Replace { .. } => "changed",
            };
            for place in 0..from.len().max(to.len()) {
                let at = |range: &std::ops::Range<usize>| {
                    Some(range.start.saturating_add(place)).filter(|at| range.contains(at))
                };
                let (old, new) = (at(&from), at(&to));
                let kind = match (old, new, kind) {
                    (Some(_), None, _) => "removed",
                    (None, Some(_), _) => "added",
                    (_, _, kind) => kind,
                };
                let (old, new) = (old.and_then(|at| line(&olds, at)), new.and_then(|at| line(&news, at)));
                rows.push(Row { old, new, kind, is_gap: false });
            }
        }
        if let Some(first) = rows.get_mut(begins).filter(|_| begins > 0) {
            first.is_gap = true;
        }
    }
    rows
}

/// The rules in words.
fn sentences(visit: &Visit, row: &SchemeVersionRow) -> Vec<String> {
    let scheme = row.scheme();
    let read = scheme.map(|scheme| read(visit, &scheme, &row.body)).unwrap_or_default();
    read.into_iter().map(|one| one.text).collect()
}

fn only(of: &[String], without: &[String]) -> Vec<String> {
    let known: BTreeSet<&String> = without.iter().collect();
    of.iter().filter(|text| !known.contains(text)).cloned().collect()
}

/// The version of the path beside another of the same scheme: the one asked for, else the one before it.
pub async fn show(visit: Visit) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let new = services.scheme_version(&call, id).await?;
    let all = services.schemes(&call).await?;
    let found = all.into_iter().find(|(scheme, _)| scheme.id == new.scheme_id);
    let (scheme, versions) = found.ok_or(Refusal::absent("scheme"))?;
    let asked = visit.query("with").and_then(|text| text.parse::<Id>().ok());
    let old = match asked {
        Some(asked) => versions.into_iter().find(|row| row.id == asked),
        None => versions.into_iter().rev().find(|row| row.number < new.number),
    };
    let old = match (old, asked) {
        (Some(old), _) => old,
        (None, Some(_)) => return Err(Refusal::absent("scheme").into()),
        (None, None) => new.clone(),
    };
    let (before, after) = (sentences(&visit, &old), sentences(&visit, &new));
    let heading = visit.say(s::SchemesCompareOf { title: &scheme.title, old: old.number, new: new.number });
    let page = ComparePage {
        f: visit.frame(heading).await?,
        path: format!("/admin/schemes/{id}"),
        title: scheme.title,
        old: old.number,
        new: new.number,
        rows: rows(&old.body, &new.body),
        gone: only(&before, &after),
        come: only(&after, &before),
    };
    visit.page(&page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_two_texts_stand_side_by_side() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\n";
        let rows = rows(old, "a\nB\nc\nd\ne\nf\ng\nh\ni\nj\n");
        let kinds: Vec<_> = rows.iter().map(|row| row.kind).collect();
        assert_eq!(kinds, ["same", "changed", "same", "same", "same", "same", "added"]);
        let changed = &rows[1];
        assert_eq!((&changed.old, &changed.new), (&Some((2, "b".into())), &Some((2, "B".into()))));
        assert!(rows[4].is_gap && rows[6].old.is_none() && rows[6].new == Some((10, "j".into())));
        assert!(super::rows(old, old).is_empty());
    }
}
