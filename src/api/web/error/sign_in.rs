//! The rows of refusals at sign-in.

use super::Told;

pub fn failed() -> Told {
    Told::new(
            401,
            "登录失败：登录名或口令不对，或该用户已停用。请核对后再试；忘记口令请找管理员重设。",
            "Sign-in failed: the login or the password is wrong, or the user is suspended. Check both; ask the administrator for a new password.",
        )
        .key_unused()
}

pub fn too_many_tries(wait_seconds: i64) -> Told {
    Told::new(
            429,
            format!("失败次数太多：已暂停登录。请等 {wait_seconds} 秒再试，或找管理员重设口令。"),
            format!("Too many failed tries: wait {wait_seconds} seconds before the next, or ask the administrator for a new password."),
        )
        .again()
}

pub fn refresh_token_invalid() -> Told {
    Told::new(
            401,
            "换新凭证无效：它已用过、已过期、已退出，或不是本系统签发的。请重新登录。",
            "Refresh token invalid: it was used, has expired, was logged out, or was not issued here. Sign in again.",
        )
        .field("refresh_token")
        .key_unused()
}

pub fn bank_missing() -> Told {
    Told::new(
        422,
        "要写明银行：这里有多家积分银行。请填写 bank（短名）。",
        "Bank missing: there are several banks here. Name one in bank (its short name).",
    )
    .field("bank")
    .key_unused()
}

pub fn password_too_short(least: u32) -> Told {
    Told::new(
            422,
            format!("口令太短：至少 {least} 个字符。可以用几个不相干的词连成一句。"),
            format!("Password too short: at least {least} characters. A few words that have nothing to do with each other will do."),
        )
        .field("new_password")
        .key_unused()
}

pub fn password_too_plain() -> Told {
    Told::new(
            422,
            "口令太简单：大写字母、小写字母、数字、其他字符四类中至少要有三类。请补上。",
            "Password too plain: it needs three of capitals, small letters, digits and other characters. Add what is missing.",
        )
        .field("new_password")
        .key_unused()
}

pub fn password_guessable() -> Told {
    Told::new(
            422,
            "口令太容易猜到：它是别人首先会猜的那一类（常用词、登录名、重复、键盘顺序、纯数字）。请换一个。",
            "Password easy to guess: it is among the first that anybody tries (a usual word, the login, repetition, keys in a row, digits only). Choose another.",
        )
        .field("new_password")
        .key_unused()
}

pub fn password_unchanged() -> Told {
    Told::new(
        422,
        "口令没有变：新口令与原口令相同。请换一个。",
        "Password unchanged: the new one is the old one. Choose another.",
    )
    .field("new_password")
    .key_unused()
}

pub fn password_due(days: i64) -> Told {
    Told::new(
        403,
        format!("口令已到期：每 {days} 天须更换一次。请在登录时一并填写 new_password。"),
        format!(
            "Password due: it must be changed every {days} days. Send new_password together with the sign-in."
        ),
    )
    .field("new_password")
    .key_unused()
}

pub fn first_token_invalid() -> Told {
    Told::new(
            401,
            "首位管理员的一次性凭证无效：已用过、不对，或服务重启后已更换。请用最近一次启动时打印的那一个。",
            "First administrator's token invalid: it was used, is wrong, or the server was started again since. Use the one that the last start printed.",
        )
        .field("token")
        .key_unused()
}

pub fn bank_has_users() -> Told {
    Told::new(
        409,
        "这家积分银行已有用户：首位管理员只设一次。请由现有管理员添加用户。",
        "The bank has users already: a first administrator is made once. Ask an administrator to add users.",
    )
    .key_unused()
}

pub fn own_account() -> Told {
    Told::new(
        409,
        "这是您自己的账号：不能这样改。换口令请用 /v1/auth/password；其他改动请另一位管理员来做。",
        "This is your own account: it is not changed this way. Change your password at /v1/auth/password; ask another administrator for the rest.",
    )
}

pub fn last_administrator() -> Told {
    Told::new(
        409,
        "这是最后一位管理员：停用后就没有人能管理了。请先给另一位用户授予 administrator 角色。",
        "Last administrator: without this user nobody could administer the bank. Grant the role administrator to another user first.",
    )
}

pub fn needs_superior() -> Told {
    Told::new(
        403,
        "这件事不能由您办理：请由上级组织的管理员办理。",
        "Not yours to do: the administrator of the organisation above does it.",
    )
}

pub fn roles_exclude(role: &str, other: &str) -> Told {
    Told::new(
        409,
        format!("两种角色不能兼任：已有“{other}”，不能再授予“{role}”。请先撤销其一。"),
        format!("Roles exclude each other: \"{role}\" and \"{other}\". Revoke one of them first."),
    )
}

pub fn home_missing() -> Told {
    Told::new(
        422,
        "请写明用户属于哪个组织：您管理着不止一个组织。请填写其中一个的编号。",
        "Say where the user belongs: you administer more than one organisation. Name one of them.",
    )
    .field("org")
}
