//! How messages leave the bank: its channels, hooks, and deliveries that were not accepted. And for each user: what is
//! sent to them, and how.

use crate::api::web::fields::{HookUrl, MailAddress, SignInDigits, Slug, Title};
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::life_cycles::{DELIVERY, SEND_AGAIN, WEBHOOK};
use crate::domain::message::Topic;
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::inbox::choices::{ChannelOffer, ChoicesAsk};
use crate::services::inbox::hooks::{DeliveryFilter, WebhookAsk};
use crate::services::inbox::outbox::{Declined, DeliveryRow, WebhookRow, topics};
use crate::services::step::Params;
use crate::texts::sentences as s;
use askama::Template;

/// Deliveries on the page; each is asked for its steps.
const LINES: i64 = 20;

/// A topic with its words, and whether it is chosen.
struct Choice {
    topic: &'static str,
    words: String,
    is_chosen: bool,
}

struct Hook {
    id: Id,
    code: String,
    name: String,
    url: String,
    topics: String,
    state: String,
    is_active: bool,
    buttons: Vec<Button>,
}

struct Stuck {
    id: Id,
    title: String,
    channel: String,
    state: String,
    why: String,
    at: String,
    buttons: Vec<Button>,
}

#[derive(Template)]
#[template(path = "senders.html")]
struct SendersPage {
    f: Frame,
    done: Option<String>,
    /// Each channel with what waits for it, in words.
    channels: Vec<(String, String)>,
    hooks: Vec<Hook>,
    topics: Vec<Choice>,
    stuck: Vec<Stuck>,
}

/// The secret of a new hook, shown once.
#[derive(Template)]
#[template(path = "sender_secret.html")]
struct SecretPage {
    f: Frame,
    name: String,
    secret: String,
}

fn topic_words(visit: &Visit, topic: Topic) -> String {
    visit.say(s::MessageTopic { topic: topic.as_str() })
}

fn channel_words(visit: &Visit, channel: &str, hooks: &[WebhookRow]) -> String {
    match hooks.iter().find(|hook| hook.code == channel) {
        Some(hook) => hook.name.clone(),
        None => visit.say(s::MessageChannel { channel }),
    }
}

/// Topics with what was ticked in the form that is shown again, or what is at first.
fn choices(visit: &Visit, name: &str, at_first: impl Fn(Topic) -> bool) -> Vec<Choice> {
    let typed: Vec<String> = visit.form.all(name).map(str::to_owned).collect();
    let is_again = visit.fault.is_some();
    let chosen = |topic: Topic| match is_again {
        true => typed.iter().any(|one| one == topic.as_str()),
        false => at_first(topic),
    };
    let all = Topic::ALL.iter().copied();
    all.map(|topic| Choice {
        topic: topic.as_str(),
        words: topic_words(visit, topic),
        is_chosen: chosen(topic),
    })
    .collect()
}

fn why(visit: &Visit, row: &DeliveryRow) -> String {
    match (&row.failure, row.answer) {
        (Some(why), Some(answer)) => visit
            .say(s::MessageFailureAnswer { why: visit.say(s::MessageFailure { why: why.as_str() }), answer }),
        (Some(why), None) => visit.say(s::MessageFailure { why: why.as_str() }),
        (None, _) => String::new(),
    }
}

/// Channels, hooks, and what was not accepted.
pub async fn show(visit: Visit) -> Answer {
    let (services, call, days) = (visit.services(), visit.reading()?, visit.days());
    let rows = services.webhooks(&call, Days::default()).await?;
    let mut channels = Vec::new();
    for standing in services.channel_standings(&call).await? {
        let open: Vec<String> = standing
            .open
            .iter()
            .map(|(state, count)| visit.say(s::MessageWaiting { state: state.as_str(), count: *count }))
            .collect();
        let open = if open.is_empty() {
            visit.words().senders_nothing_open()
        } else {
            open.join(visit.language.pick("，", ", "))
        };
        channels.push((channel_words(&visit, &standing.channel, &rows), open));
    }
    let filter = DeliveryFilter { stuck: true, ..DeliveryFilter::default() };
    let mut stuck = Vec::new();
    for (row, message) in services.deliveries(&call, filter, LINES).await? {
        let (_, open) = services.open_steps::<DeliveryRow>(&call, row.id).await?;
        stuck.push(Stuck {
            id: row.id,
            title: message.map_or_else(String::new, |message| message.say(&days, visit.language, None).title),
            channel: channel_words(&visit, &row.channel, &rows),
            state: visit.say(s::State { state: row.state.clone() }),
            why: why(&visit, &row),
            at: days.moment(row.ended_at.unwrap_or(row.made_at)),
            buttons: open.into_iter().map(|step| visit.button(step, step.is(&SEND_AGAIN))).collect(),
        });
    }
    let mut hooks = Vec::new();
    for row in rows {
        let (_, open) = services.open_steps::<WebhookRow>(&call, row.id).await?;
        let words: Vec<String> = topics(&row)?.into_iter().map(|topic| topic_words(&visit, topic)).collect();
        hooks.push(Hook {
            id: row.id,
            topics: words.join(visit.language.pick("、", ", ")),
            state: visit.say(s::State { state: row.state.clone() }),
            is_active: row.state == "active",
            code: row.code,
            name: row.name,
            url: row.url,
            buttons: open.into_iter().map(|step| visit.button(step, false)).collect(),
        });
    }
    let done = visit.query("done").map(|done| visit.say(s::SendersDone { done: done.as_str() }));
    let page = SendersPage {
        done: done.filter(|_| visit.fault.is_none()),
        channels,
        hooks,
        topics: choices(&visit, "topics", |_| true),
        stuck,
        f: visit.frame(visit.words().senders_title()).await?,
    };
    visit.page(&page)
}

/// Registers a hook, tries one, or takes a step of a hook or a delivery.
pub async fn take(visit: Visit) -> Answer {
    let fields = visit.fields();
    if visit.form.typed("delivery").is_some() {
        let id = fields.need::<Id>("delivery");
        fields.checked()?;
        let step = visit.chosen_step(&DELIVERY)?;
        visit.services().step::<DeliveryRow>(&visit.call()?, step, id?, Params::new()).await?;
        return visit.to("/admin/senders?done=delivery");
    }
    if visit.form.typed("hook").is_some() {
        let id = fields.need::<Id>("hook");
        fields.checked()?;
        if visit.form.typed("step") == Some("try") {
            visit.services().try_webhook(&visit.call()?, id?).await?;
            return visit.to("/admin/senders?done=tried");
        }
        let step = visit.chosen_step(&WEBHOOK)?;
        visit.services().step::<WebhookRow>(&visit.call()?, step, id?, Params::new()).await?;
        return visit.to("/admin/senders?done=hook");
    }
    let (code, name, url) = (
        fields.need::<Slug>("webhook_code"),
        fields.need::<Title>("webhook_name"),
        fields.need::<HookUrl>("url"),
    );
    let topics: Vec<Topic> = visit.form.all("topics").filter_map(Topic::parse).collect();
    if topics.is_empty() {
        let missing = crate::api::web::faults::FieldFault::TooFewItems { least: 1 };
        let _refused: Result<(), _> = fields.refuse("topics", missing);
    }
    fields.checked()?;
    let name = String::from(name?);
    let ask = WebhookAsk { code: code?.into(), name: name.clone(), url: url?.into(), topics };
    let made = visit.services().register_webhook(&visit.call()?, ask).await?;
    let f = visit.frame(visit.words().senders_secret_title()).await?;
    visit.page(&SecretPage { f, name, secret: made.secret })
}

/// One channel with the topics that it is for.
struct Column {
    words: String,
    /// The value of each tick, its words, and whether it is chosen.
    topics: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "message_choices.html")]
struct ChoicesPage {
    f: Frame,
    is_done: bool,
    has_mail: bool,
    mail: String,
    /// The address waits for the code that was sent there.
    mail_waits: bool,
    /// Hooks are there, and the file has no phone number.
    lacks_phone: bool,
    columns: Vec<Column>,
}

/// The value of a tick.
fn tick(offer: &ChannelOffer, topic: Topic) -> String {
    format!("{}/{topic}", offer.channel)
}

/// What is sent to the signed-in user, and how.
pub async fn own(visit: Visit) -> Answer {
    let known = visit.services().message_choices(&visit.reading()?).await?;
    let ticked: Vec<String> = visit.form.all("wanted").map(str::to_owned).collect();
    let is_again = visit.fault.is_some();
    let is_chosen = |offer: &ChannelOffer, topic: Topic| match is_again {
        true => ticked.contains(&tick(offer, topic)),
        false => !known.declined.iter().any(|one| one.channel == offer.channel && one.topic == topic),
    };
    let columns = known.channels.iter().map(|offer| Column {
        words: offer.name.clone().unwrap_or_else(|| visit.say(s::MessageChannel { channel: &offer.channel })),
        topics: offer
            .topics
            .iter()
            .map(|topic| (tick(offer, *topic), topic_words(&visit, *topic), is_chosen(offer, *topic)))
            .collect(),
    });
    let columns = columns.collect();
    let page = ChoicesPage {
        is_done: visit.query("done").is_some() && !is_again,
        has_mail: known.channels.iter().any(|offer| offer.name.is_none()),
        lacks_phone: !known.has_phone && known.channels.iter().any(|offer| offer.name.is_some()),
        mail_waits: known.mail.is_some() && !known.is_mail_confirmed,
        mail: known.mail.clone().unwrap_or_default(),
        columns,
        f: visit.frame(visit.words().choices_title()).await?,
    };
    visit.page(&page)
}

/// Takes the choices; what is sent is in the language of the page from then on.
pub async fn choose(visit: Visit) -> Answer {
    let fields = visit.fields();
    match visit.form.typed("step") {
        Some("confirm_mail") => {
            let code = fields.need::<SignInDigits>("code");
            fields.checked()?;
            visit.services().confirm_mail(&visit.call()?, code?.into()).await?;
            return visit.to("/account/messages?done=1");
        }
        Some("send_mail_code") => {
            visit.services().send_mail_code(&visit.call()?).await?;
            return visit.to("/account/messages?done=1");
        }
        _ => {}
    }
    let mail = fields.maybe::<MailAddress>("mail");
    fields.checked()?;
    let call = visit.call()?;
    let known = visit.services().message_choices(&visit.reading()?).await?;
    let wanted: Vec<&str> = visit.form.all("wanted").collect();
    let mut declined = Vec::new();
    for offer in &known.channels {
        for topic in &offer.topics {
            if !wanted.contains(&tick(offer, *topic).as_str()) {
                declined.push(Declined { channel: offer.channel.clone(), topic: *topic });
            }
        }
    }
    let has_mail = known.channels.iter().any(|offer| offer.name.is_none());
    let mail = match has_mail {
        true => mail?.map(String::from),
        // The page has no field for it.
        false => known.mail,
    };
    let language: Language = visit.language;
    visit.services().choose_messages(&call, ChoicesAsk { mail, language, declined }).await?;
    visit.to("/account/messages?done=1")
}
