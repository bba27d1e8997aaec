//! The sources of settings: the place, a file, the environment, flags.

use super::ending::{Ending, Failure};
use super::place::Place;
use crate::config::{Config, Settings, environment_name};
use clap::Args;
use std::path::PathBuf;

/// The place and the settings file.
#[derive(Clone, Debug, Args)]
pub struct Configured {
    #[command(flatten)]
    pub place: Place,
    /// 设置文件（默认为数据文件夹里的 jianxian.toml，如果有）· settings file
    #[arg(long, global = true, env = "JIANXIAN_CONFIG")]
    pub config: Option<PathBuf>,
}

impl Configured {
    /// Defaults, file, environment, then the given flags: pairs of key and text.
    pub fn load(&self, flags: &[(&str, String)]) -> Result<Settings, Failure> {
        let in_folder = self.place.data.join("jianxian.toml");
        let file = self.config.clone().or_else(|| in_folder.is_file().then_some(in_folder));
        let look = |name: &str| std::env::var(name).ok();
        // clap has read the place from environment and flags already: a value that differs from the environment was a
        // flag.
        let data = self.place.data.display().to_string();
        let given = [
            ("store.data", Some(data)),
            ("store.database", self.place.database.clone()),
            ("store.attachments", self.place.attachments.clone()),
        ];
        let default = |key: &str| key == "store.data" && self.place.data == Config::default().store.data;
        let placed = given.into_iter().filter_map(|(key, text)| Some((key, text?)));
        let placed =
            placed.filter(|(key, text)| !default(key) && look(&environment_name(key)).as_ref() != Some(text));
        let all: Vec<_> = placed.chain(flags.iter().cloned()).collect();
        Settings::load(file.as_deref(), look, &all)
            .map_err(|error| Failure::new(Ending::Usage, error.chinese, error.english))
    }
}

impl Place {
    /// The place in the settings.
    pub fn of(config: &Config) -> Self {
        Place {
            data: config.store.data.clone(),
            database: Some(config.database_url()),
            attachments: Some(config.store.attachments.clone()),
        }
    }
}
