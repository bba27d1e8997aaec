//! The bank's name, and every setting in force with its source. Settings are changed where they come from: in the
//! file, the environment or the flags of the server.

use crate::api::web::fields::Title;
use crate::config::SettingRow;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::texts::sentences as s;
use askama::Template;

/// A setting.
struct Line {
    key: &'static str,
    about: &'static str,
    value: String,
    from: String,
    /// It is not what the program comes with.
    is_set: bool,
}

/// The settings of one section.
struct Section {
    title: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    f: Frame,
    bank: String,
    sections: Vec<Section>,
    is_renamed: bool,
}

fn section_of(row: &SettingRow) -> &'static str {
    row.key.split('.').next().unwrap_or_default()
}

fn line(visit: &Visit, row: &SettingRow) -> Line {
    let w = visit.words();
    let is_set = row.from != "default";
    Line {
        key: row.key,
        about: row.about_in(visit.language),
        value: if row.value.is_empty() { w.settings_empty() } else { row.value.clone() },
        from: if is_set { row.from.clone() } else { w.settings_default() },
        is_set,
    }
}

/// The bank's name and the settings.
pub async fn show(visit: Visit) -> Answer {
    let mut sections: Vec<(&'static str, Section)> = Vec::new();
    for row in &visit.state.settings {
        let name = section_of(row);
        if sections.last().is_none_or(|(last, _)| *last != name) {
            let title = visit.say(s::SettingsSection { section: name });
            sections.push((name, Section { title, lines: Vec::new() }));
        }
        if let Some((_, section)) = sections.last_mut() {
            section.lines.push(line(&visit, row));
        }
    }
    let f = visit.frame(visit.words().settings_title()).await?;
    let page = SettingsPage {
        bank: f.bank.clone(),
        sections: sections.into_iter().map(|(_, section)| section).collect(),
        is_renamed: visit.query("done").is_some() && visit.fault.is_none(),
        f,
    };
    visit.page(&page)
}

/// Gives the bank another name.
pub async fn rename(visit: Visit) -> Answer {
    let fields = visit.fields();
    let name = fields.need::<Title>("bank_name");
    fields.checked()?;
    visit.services().rename_bank(&visit.call()?, name?.into()).await?;
    visit.to("/admin/settings?done=name")
}
