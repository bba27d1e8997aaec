//! Sentences about service and the people who give it.

use super::Told;
use crate::domain::id::Id;
use crate::domain::refusal::{Candidate, FaultTold};
use crate::domain::service::time::STREET_ABOVE_MINUTES;
use crate::domain::time::Day;

pub fn guarantor_refused() -> Told {
    Told::new(
        422,
        "担保人不合适：须是本行的另一位储户或工作人员，不能是服务者本人，也不能是录入的人。请另填一位。",
        "Guarantor refused: it must be another member or user of this bank, neither the person who served nor the one who enters. Name someone else.",
    )
    .field("guarantor")
}

pub fn person_only() -> Told {
    Told::new(
        422,
        "只能记给个人：家庭户没有服务时长。请选择户里的成员。",
        "For persons only: a household gives no service. Choose the member of the household.",
    )
    .field("member")
}

pub fn seats_full(seats: i64) -> Told {
    Told::new(
        409,
        format!("名额已满：这项活动只有 {seats} 个名额。请另选一项，或由负责人增加名额后重新发布。"),
        format!(
            "No seats left: the activity has {seats}. Choose another, or publish it anew with more seats."
        ),
    )
}

pub fn title_may_not_say(word: &str) -> Told {
    Told::new(
        422,
        format!("活动名称不能这样写：不能含“{word}”。请改名称；以前的服务请在服务记录里选“补录”并填写担保人。"),
        "Title refused: it may not speak of back-filling. Change it; service of the past is entered as a back-fill with a guarantor.",
    )
    .field("title")
}

pub fn insurance_missing(field: &str) -> Told {
    Told::new(
        422,
        "缺少保险：写明了风险的活动须同时写明保险和保单号。请补填后再发布。",
        "Insurance missing: an activity with a stated risk names insurance and policy number. Add them, then publish.",
    )
    .field(field)
}

pub fn signed_in_already(since: &str) -> Told {
    Told::new(
        409,
        format!("还没有签退：此人从 {since} 起签到在岗。请先签退，再签到。"),
        format!("Signed in already: this person has been since {since}. Sign them out first."),
    )
    .field("members")
}

pub fn sign_out_forgotten(since: &str) -> Told {
    Told::new(
        422,
        format!("忘记签退：此人 {since} 签到后没有及时签退。请工作人员填写服务分钟数和担保人，按补录办理；没有服务的，请选“不计时长”。"),
        format!("Sign-out forgotten: signed in at {since}, not out in time. Staff set service_minutes with a guarantor (a back-fill), or without_record."),
    )
    .field("service_minutes")
}

pub fn not_signed_out(people: i64) -> Told {
    Told::new(
        409,
        format!("还有人没有签退：共 {people} 人。请先签退，他们的时长会照记，再取消活动。"),
        format!(
            "People are signed in: {people}. Sign them out first, so that their time counts, then cancel."
        ),
    )
}

pub fn objected_before() -> Told {
    Told::new(
        409,
        "您已经提过异议：这条记录的异议已有裁定。如有新的情况，请告诉社区工作人员。",
        "You have objected before: that objection was decided. If there is something new, tell the community staff.",
    )
}

pub fn notice_over(until: Day) -> Told {
    Told::new(
        409,
        format!("公示已结束：截止 {until}。如发现不实，请告诉社区工作人员，由他们更正。"),
        format!("The notice is over: it ended on {until}. If the record is wrong, tell the community staff."),
    )
}

pub fn corrected_before(record: Id) -> Told {
    Told::new(
        409,
        format!("已经更正过：这条记录已由 {record} 代替。请更正那一条。"),
        format!("Corrected before: {record} stands in its place. Correct that one."),
    )
    .field("replaces")
}

pub fn ordinary_day() -> Told {
    Told::new(
        403,
        "不用上级审批：当天不超过 8 小时的记录由社区的复核人或队长审批。请转给他们。",
        "Not for the level above: a day of up to 8 hours is decided by the community's reviewer or team leader. Leave it to them.",
    )
}

pub fn long_day(minutes: i64) -> Told {
    let (chinese, english) = match minutes > STREET_ABOVE_MINUTES {
        true => ("超过 12 小时须由街道或区管理员审批", "above 12 hours the street or district decides"),
        false => ("超过 8 小时须由社区复核人审批", "above 8 hours the community's reviewer decides"),
    };
    Told::new(
        403,
        format!("当天时长较长：已达 {minutes} 分钟，{chinese}。请转给他们。"),
        format!("A long day: {minutes} minutes; {english}. Leave it to them."),
    )
}

pub fn interest_arose() -> Told {
    Told::new(
        409,
        "经办人与受益人现在是或曾是一户：这次提出或审批不再有效。请驳回，由别人重新办理。",
        "Interest arose: one of those who decided shares or shared a household with whom it profits. Turn it down, and let somebody else do it anew.",
    )
}

pub fn member_known(number: Option<&str>, certain: bool) -> Told {
    let (chinese, english) = match number {
        Some(number) => (format!("储户 {number}"), format!("member {number}")),
        None => ("本行其他社区的一位储户".to_owned(), "a member of another community".to_owned()),
    };
    match certain {
        true => Told::new(
            409,
            format!("此人已经开户：证件号码与{chinese}相同。请使用原来的储户；如已搬来，请提交迁移申请，由原社区或共同的上级同意后转入。"),
            format!("Opened before: {english} has this document. Use that one; after a move of house, ask for the move (POST /v1/moves): the old community or a common superior agrees."),
        )
        .field("id_number"),
        false => Told::new(
            409,
            format!("可能已经开户：{chinese}的姓名和手机号相同。请先核对；如是同一人搬来，请提交迁移申请；确是另一个人，再选“确认新开”提交。"),
            format!("Perhaps opened before: {english} has the same name and phone. Check first; after a move of house, ask for the move (POST /v1/moves); if it is somebody else, send it with confirmed_new."),
        )
        .field("confirmed_new"),
    }
}

pub fn member_frozen() -> Told {
    Told::new(
        409,
        "储户已冻结：暂不能签到、记录、积分或兑换。请联系社区工作人员，解冻后再办。",
        "The member is frozen: no service, points or redemption for now. Ask the community staff to unfreeze them first.",
    )
}

pub fn member_merged() -> Told {
    Told::new(
        409,
        "储户已合并：这是重复开的户，已并入另一户。请使用保留的那一户。",
        "The member was merged: this was a duplicate. Use the one that stays.",
    )
}

/// Why two files do not become one, and what is to be done first.
pub fn not_merged(why: &str) -> Told {
    let (chinese, english) = match why {
        "same" => (
            "这是同一份档案，没有可合并的。请核对编号，选重复开的那一户",
            "both are the same file, there is nothing to merge. Check the ids and choose the duplicate",
        ),
        "merged" => (
            "这一户已经并入保留的那一户，不用再合并。请查看保留的那一户",
            "it was merged before, there is nothing left to do. Look at the file that stays",
        ),
        "frozen" => (
            "其中一户已冻结。请先查清原因并解冻，再合并",
            "one of them is frozen. Find out why and unfreeze them first",
        ),
        "holds_between" => (
            "两户之间还有未办完的预留。请先取消这笔预留，再合并",
            "something is on hold between the two. Void that hold first",
        ),
        "duties" => (
            "两份档案的登录账号担任的角色不能由一人兼任。请由上级组织的管理员先撤销其中一个角色，再合并",
            "their log-ins hold roles that no person holds together. The administrator of the organisation above revokes one of them first",
        ),
        _ => (
            "一个是个人，一个是家庭户。个人只能并入个人，家庭户只能并入家庭户",
            "one is a person, the other a household. Merge persons with persons and households with households",
        ),
    };
    Told::new(409, format!("不能合并：{chinese}。"), format!("Not merged: {english}."))
}

pub fn fixed(what: &str) -> Told {
    let (chinese, english) = super::thing(what);
    Told::new(
        409,
        format!("不能改动：{chinese}登记后不再改。填错了的，请用正确的号码另开一户，再合并。"),
        format!("Not to be changed: the {english} stays as it was entered. If it was wrong, open a member with the right one and merge."),
    )
    .field(what)
}

pub fn until_past() -> Told {
    Told::new(
        422,
        "角色期限已过：截止时间须在将来。请改截止时间，或不填。",
        "The role would have ended already: until must lie in the future. Change it or leave it out.",
    )
    .field("until")
}

pub fn calendar_fault(chinese: &str, english: &str) -> Told {
    Told::new(
        422,
        format!("日历有误：{chinese}。请按国务院的放假安排改正后再提交。"),
        format!(
            "The calendar has a fault: {english}. Correct it by the published arrangement and send it again."
        ),
    )
    .field("days")
}

pub fn year_unfinished(year: i32, records: i64) -> Told {
    Told::new(
        409,
        format!("还不能关账：{year} 年及以前的服务还有 {records} 条记录在审核或公示。请等它们办完再关账。"),
        format!(
            "Not to be closed yet: {records} records of service in {year} or before still wait for review or the end of their notice. Close the year once they are done."
        ),
    )
}

pub fn day_in_future(field: &str, today: Day) -> Told {
    Told::new(
        422,
        format!("日期在将来：今天是 {today}，还没有发生的事不能记。请填今天或以前的日期。"),
        format!("The day lies in the future: today is {today}. Only what has happened can be recorded; use today or an earlier day."),
    )
    .field(field)
}

pub fn minutes_refused(most: i64) -> Told {
    if most < 1 {
        return Told::new(
            422,
            "服务时间太短：从开始到结束不足 1 分钟，没有可记的时长。请核对起止时间。",
            "Service too short: less than a minute lies between start and end, so that nothing can be recorded. Check both times.",
        )
        .field("ended_at");
    }
    Told::new(
        422,
        format!("服务时长不对：须为 1 至 {most} 分钟，不超过起止时间之间的长度。请改时长。"),
        format!(
            "Service time refused: it must be 1 to {most} minutes, the time between start and end. Change it."
        ),
    )
    .field("service_minutes")
}

pub fn period_closed(closed_until: &str) -> Told {
    Told::new(
        409,
        format!("账期已结：{closed_until} 以前的账不能再记。请用之后的日期，另作更正。"),
        format!(
            "Period closed: nothing before {closed_until} can be posted any more. Use a later effective time."
        ),
    )
    .field("effective_at")
}

/// A row of an all-or-nothing batch that was not refused itself.
pub fn other_refused(other: Option<u32>) -> Told {
    let (chinese, english) = match other {
        Some(row) => (format!("第 {row} 条（从 0 数起）"), format!("item {row} (from 0)")),
        None => ("别的条目".to_owned(), "another item".to_owned()),
    };
    Told::new(
        422,
        format!(
            "未办理：同一批的{chinese}被拒绝，而这一批要求全部成功。请改正它后整批重发，或改用逐条办理。"
        ),
        format!(
            "Not done: {english} of the batch was refused, and the batch is all or nothing. Correct that one and send all again, or use mode \"each\"."
        ),
    )
}

/// Somebody of the same name whom nothing tells from the new person.
pub fn same_name(candidates: &[Candidate]) -> Told {
    let numbers: Vec<&str> = candidates.iter().map(|known| known.number.as_str()).collect();
    let (chinese, english) = (numbers.join("、"), numbers.join(", "));
    Told::new(
        409,
        format!("同名 · 是同一人吗？储户 {chinese} 与此人同名：请先核对。是同一人，请用原来的储户；不是，请补手机号或证件号码，或确认“不是这些人”再提交。"),
        format!("The same name, is it the same person? See member {english}: check first. If so, use that member; if not, add a phone or a document, or send it again with not_same_as."),
    )
    .field("not_same_as")
}

/// The first faults of a scheme stand in the sentence, all of them beside it.
pub fn scheme_faults(faults: &[FaultTold]) -> Told {
    const TOLD: usize = 5;
    let part = |text: fn(&FaultTold) -> &str, and: &str, end: char| {
        let told: Vec<&str> =
            faults.iter().take(TOLD).map(|fault| text(fault).trim_end_matches(end)).collect();
        told.join(and)
    };
    let chinese = part(|fault| &fault.chinese, "；", '。');
    let english = part(|fault| &fault.english, "; ", '.');
    let (rest_chinese, rest_english) = match faults.len().saturating_sub(TOLD) {
        0 => (String::new(), String::new()),
        more => (format!("；另有 {more} 条"), format!("; and {more} more")),
    };
    Told::new(
        422,
        format!("积分办法有误：{chinese}{rest_chinese}。请按行和列改正。"),
        format!("The scheme has faults: {english}{rest_english}. Correct them by line and column."),
    )
    .field("body")
}

pub fn scheme_not_in_force(scheme: &str, day: Day, from: Option<Day>, until: Option<Day>) -> Told {
    let (chinese, english) = match (from, until) {
        (None, _) => ("还没有已批准的版本".to_owned(), "has no published version yet".to_owned()),
        (Some(from), None) => (format!("自 {from} 起生效"), format!("holds from {from} on")),
        (Some(from), Some(until)) => {
            (format!("生效期为 {from} 至 {until}"), format!("holds from {from} until {until}"))
        }
    };
    Told::new(
        422,
        format!("积分办法当天不生效：“{scheme}”{chinese}，不含 {day}。请改用当天有效的办法，或先发布当天有效的版本。"),
        format!("Scheme not in force: \"{scheme}\" {english}, not on {day}. Use one that holds on that day, or publish a version first."),
    )
    .field("scheme")
}
