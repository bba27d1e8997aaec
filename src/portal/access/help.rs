//! Help and privacy: what every page leads to from its foot, also without sign-in.

use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::texts::Words;
use askama::Template;

/// A common question: in a few words, and what to do.
type Question = (fn(&Words) -> String, fn(&Words) -> String);

const MEMBER: &[Question] = &[
    (Words::help_code_title, Words::help_code_words),
    (Words::help_points_title, Words::help_points_words),
    (Words::help_late_title, Words::help_late_words),
    (Words::help_wrong_title, Words::help_wrong_words),
    (Words::help_expire_title, Words::help_expire_words),
    (Words::help_password_title, Words::help_password_words),
    (Words::help_lost_title, Words::help_lost_words),
    (Words::help_paper_title, Words::help_paper_words),
    (Words::help_moved_title, Words::help_moved_words),
    (Words::help_size_title, Words::help_size_words),
];

const SHOP: &[Question] = &[
    (Words::help_scan_title, Words::help_scan_words),
    (Words::help_expired_title, Words::help_expired_words),
    (Words::help_short_title, Words::help_short_words),
    (Words::help_undo_title, Words::help_undo_words),
    (Words::help_statement_title, Words::help_statement_words),
    (Words::help_password_title, Words::help_password_words),
];

const DESK: &[Question] = &[
    (Words::help_back_title, Words::help_back_words),
    (Words::help_second_title, Words::help_second_words),
    (Words::help_twice_title, Words::help_twice_words),
    (Words::help_reveal_title, Words::help_reveal_words),
    (Words::help_reset_title, Words::help_reset_words),
];

/// Before sign-in.
const PLAIN: &[Question] = &[
    (Words::help_login_title, Words::help_login_words),
    (Words::help_password_title, Words::help_password_words),
    (Words::help_points_title, Words::help_points_words),
    (Words::help_code_title, Words::help_code_words),
    (Words::help_paper_title, Words::help_paper_words),
    (Words::help_size_title, Words::help_size_words),
];

#[derive(Template)]
#[template(path = "help.html")]
struct Help {
    f: Frame,
    questions: Vec<(String, String)>,
}

pub async fn help(visit: Visit) -> Answer {
    let f = visit.frame(visit.words().help_title()).await?;
    let questions = match f.area {
        "member" => MEMBER,
        "shop" => SHOP,
        "desk" => DESK,
        _ => PLAIN,
    };
    let questions = questions.iter().map(|(title, words)| (title(&f.w), words(&f.w))).collect();
    visit.page(&Help { f, questions })
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct Privacy {
    f: Frame,
}

/// What is kept, who sees it, how long, and how to have it corrected.
pub async fn privacy(visit: Visit) -> Answer {
    let f = visit.frame(visit.words().help_privacy()).await?;
    visit.page(&Privacy { f })
}
