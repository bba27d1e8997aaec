//! `key rotate`: replaces the secret key.

use super::ending::{Ending, Failure};
use super::output::Output;
use super::place::Place;
use crate::auth::rotation::{RotateError, Until, rotate};
use crate::clock::Clock;
use crate::store::Database;
use crate::store::maintenance::keys::RotationError;
use clap::{Args, Subcommand};

/// 密钥 · the secret key
#[derive(Debug, Subcommand)]
pub enum KeyVerb {
    Rotate(Rotate),
}

/// 换新密钥：重新加密手机号和证件号，旧密钥只用于核对旧凭证；先停服务 · a new key: what is sealed is sealed again; stop the server first
#[derive(Debug, Args)]
pub struct Rotate {
    #[command(flatten)]
    place: Place,
}

impl KeyVerb {
    pub fn run(self, output: &Output) -> Result<Ending, Failure> {
        let KeyVerb::Rotate(Rotate { place }) = self;
        let database = Database::parse(&place.url())?;
        let rotated = rotate(&database, &place.data, Clock::System.now(), Until::End)?;
        output.print(&rotated, || {
            let (key, retired, sealed) = (&rotated.key, rotated.retired.join(", "), rotated.sealed);
            output.language.pick(
                format!("已换成新密钥 {key}，重新加密 {sealed} 处。旧密钥 {retired} 留在 secret.key 里核对旧凭证。请把新的 secret.key 另行保管，并分给每台服务器，再启动服务。"),
                format!("the key is now {key}; {sealed} texts were sealed again. {retired} stays in secret.key to check older tokens. Keep a copy of the new secret.key elsewhere, give it to every server, and start serving."),
            )
        });
        Ok(Ending::Done)
    }
}

impl From<RotateError> for Failure {
    fn from(error: RotateError) -> Self {
        match error {
            RotateError::Secret(error) => Failure::new(Ending::Refused, error.chinese(), error.to_string()),
            RotateError::Store(RotationError::Open(error)) => error.into(),
            RotateError::Store(RotationError::Store(error)) => error.into(),
            RotateError::Store(RotationError::InUse(name)) => Failure::new(
                Ending::Refused,
                format!("{name} 正在使用：换密钥时不能有服务在运行。请停止所有服务和其他连接，再运行一次。"),
                format!(
                    "{name} is in use: no server may run while the key is changed. Stop all servers and other connections, and run it again."
                ),
            ),
            RotateError::Store(RotationError::Sealed(why)) => Failure::new(
                Ending::Refused,
                format!(
                    "有一处加密内容打不开（{why}）。什么都没有改动。请运行 jianxian verify，或恢复备份。"
                ),
                format!(
                    "something sealed cannot be opened ({why}). Nothing was changed. Run jianxian verify, or bring back a backup."
                ),
            ),
        }
    }
}
