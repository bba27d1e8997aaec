//! Requests that the program makes: to hooks and to an object store.

use std::time::Duration;
use ureq::Agent;
use ureq::config::Config;

/// The settings of an agent for addresses that an administrator has given: whole answers within a time, whatever their
/// status; no redirects of its own; and straight there, because a proxy of the environment would resolve names itself.
pub fn agent(whole: Duration, connect: Option<Duration>) -> Config {
    Agent::config_builder()
        .timeout_global(Some(whole))
        .timeout_connect(connect)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .user_agent("jianxian")
        .build()
}
