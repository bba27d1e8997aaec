//! The tree of organisations: what stands below what, new ones, changed, moved and closed ones.

use crate::api::web::fields::{Code, PersonName, Telephone, Title};
use crate::api::web::problem::ApiError;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::people::counter::OrgRow;
use crate::services::people::orgs::{OrgAsk, OrgChange};
use crate::texts::{Text, sentences as s};
use askama::Template;

/// An organisation of a select, indented by its depth.
#[derive(Clone)]
pub struct OrgChoice {
    pub id: Id,
    pub name: String,
    /// The same behind blanks for its depth.
    pub words: String,
}

/// Its depth below the root.
fn depth(org: &OrgRow) -> usize {
    org.path.matches('/').count().saturating_sub(2)
}

/// The organisations that are open and that a right of the caller reaches, in the order of the tree.
pub async fn org_choices(visit: &Visit, right: Permission) -> Result<Vec<OrgChoice>, Fault> {
    let actor = visit.actor()?;
    let orgs = visit.services().orgs(&visit.reading()?).await?;
    let reached = orgs.into_iter().filter(|org| org.state == "open" && actor.reaches(right, &org.path));
    let choice = |org: OrgRow| OrgChoice {
        id: org.id,
        words: format!("{}{}", "\u{3000}".repeat(depth(&org)), org.name),
        name: org.name,
    };
    Ok(reached.map(choice).collect())
}

/// An organisation in the tree.
struct Branch {
    path: String,
    name: String,
    kind: String,
    code: String,
    /// For the indentation.
    depth: usize,
    closed: Option<String>,
}

#[derive(Template)]
#[template(path = "orgs.html")]
struct TreePage {
    f: Frame,
    branches: Vec<Branch>,
}

/// How deep below its top the page shows the tree; what is deeper stands on the page of its organisation.
const DEEPEST: usize = 2;

/// The tree within reach.
pub async fn tree(visit: Visit) -> Answer {
    let orgs = visit.services().orgs(&visit.reading()?).await?;
    let top = orgs.iter().map(depth).min().unwrap_or_default();
    let branch = |org: &OrgRow| Branch {
        path: format!("/admin/orgs/{}", org.id),
        name: org.name.clone(),
        kind: org.kind.clone(),
        code: org.code.clone(),
        depth: depth(org).saturating_sub(top),
        closed: (org.state != "open").then(|| visit.say(Text::from(s::State { state: org.state.clone() }))),
    };
    let f = visit.frame(visit.words().office_orgs_title()).await?;
    visit
        .page(&TreePage { f, branches: orgs.iter().map(branch).filter(|one| one.depth <= DEEPEST).collect() })
}

#[derive(Template)]
#[template(path = "org_one.html")]
struct OnePage {
    f: Frame,
    path: String,
    name: String,
    kind: String,
    code: String,
    telephone: String,
    hours: String,
    responsible: String,
    version: i64,
    state: String,
    is_open: bool,
    /// Path, name and id.
    parent: Option<(String, String, String)>,
    below: Vec<(String, String)>,
    /// Where it can be moved to; empty: the caller moves nothing, or this is the root.
    places: Vec<OrgChoice>,
    may_change: bool,
    done: Option<String>,
}

/// One organisation, and what can be done with it.
pub async fn one(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let orgs = visit.services().orgs(&visit.reading()?).await?;
    let org = orgs.iter().find(|org| org.id == id).ok_or(Refusal::absent("org"))?;
    let link = |org: &OrgRow| (format!("/admin/orgs/{}", org.id), org.name.clone());
    let may_change = visit.actor()?.reaches(Permission::WriteOrgs, &org.path);
    let mut places = match may_change && org.parent_id.is_some() {
        true => org_choices(&visit, Permission::WriteOrgs).await?,
        false => Vec::new(),
    };
    let inside = |place: Id| orgs.iter().any(|one| one.id == place && one.path.starts_with(&org.path));
    places.retain(|place| Some(place.id) != org.parent_id && !inside(place.id));
    let w = visit.words();
    let done = match visit.query("done").as_deref() {
        Some("open") => Some(w.office_done_opened()),
        Some("change") => Some(w.office_done_state()),
        Some("move") => Some(w.office_done_moved()),
        Some("close") => Some(w.office_done_state()),
        _ => None,
    };
    let page = OnePage {
        f: visit.frame(org.name.clone()).await?,
        path: format!("/admin/orgs/{id}"),
        name: org.name.clone(),
        kind: org.kind.clone(),
        code: org.code.clone(),
        telephone: org.telephone.clone().unwrap_or_default(),
        hours: org.opening_hours.clone().unwrap_or_default(),
        responsible: org.responsible.clone().unwrap_or_default(),
        version: org.version,
        state: visit.say(Text::from(s::State { state: org.state.clone() })),
        is_open: org.state == "open",
        parent: orgs.iter().find(|one| Some(one.id) == org.parent_id).map(|parent| {
            let (path, name) = link(parent);
            (path, name, parent.id.to_string())
        }),
        below: orgs.iter().filter(|one| one.parent_id == Some(id)).map(link).collect(),
        places,
        may_change: may_change && org.state == "open",
        done: done.filter(|_| visit.fault.is_none()),
    };
    visit.page(&page)
}

/// Takes one of the forms: opens an organisation below this one, changes this one, moves it, or closes it.
pub async fn change(visit: Visit) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.call()?, visit.services());
    let fields = visit.fields();
    let act = visit.form.typed("act").unwrap_or_default();
    let shown = match act {
        "open" => {
            let (kind, code) = (fields.need::<Code>("org_kind"), fields.need::<Code>("org_code"));
            let name = fields.need::<Title>("title");
            fields.checked()?;
            let ask = OrgAsk {
                parent: id,
                kind: kind?.into(),
                code: code?.into(),
                name: name?.into(),
                ..OrgAsk::default()
            };
            services.open_org(&call, ask).await?.id
        }
        "change" => {
            let name = fields.need::<Title>("org_name");
            let telephone = fields.maybe::<Telephone>("telephone");
            let hours = fields.maybe::<Title>("opening_hours");
            let responsible = fields.maybe::<PersonName>("responsible");
            fields.checked()?;
            let change = OrgChange {
                name: Some(name?.into()),
                telephone: Some(telephone?.map(String::from)),
                opening_hours: Some(hours?.map(String::from)),
                responsible: Some(responsible?.map(String::from)),
            };
            services.change_org(&call, id, visit.version(), change).await?;
            id
        }
        "move" => {
            let parent = fields.need::<Id>("parent");
            fields.checked()?;
            services.move_org(&call, id, parent?, Some(visit.version())).await?;
            id
        }
        "close" => {
            services.close_org(&call, id).await?;
            id
        }
        _ => return Err(ApiError::NoSuchPath.into()),
    };
    visit.to(&format!("/admin/orgs/{shown}?done={act}"))
}
