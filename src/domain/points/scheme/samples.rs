//! The schemes that come with the program: files of `schemes/`, each labelled with the place whose values it holds.

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../schemes/", $name, ".toml")))),+]
    };
}

/// Name and text of each sample.
pub fn samples() -> &'static [(&'static str, &'static str)] {
    embedded![
        "hours-2012-report",
        "hours-2021-measures",
        "items-half-points",
        "items-village-store",
        "jianxian",
        "levels-school",
        "rate-chaoyang",
        "rate-hailin",
        "rate-hainan",
        "rate-huangyan",
        "rate-kunshan",
        "rate-longxian",
        "rate-shilong",
        "rate-wujiang",
        "rate-xiangyuan",
        "rate-xihaian",
        "rate-xihu",
        "rate-yiyang",
        "rate-zhiyuanhui",
        "stars-beijing-2010",
        "stars-fujian",
        "stars-guangxi",
        "stars-nanchuan",
        "stars-national",
        "stars-tangshan-2011",
    ]
}

/// The text of one sample.
pub fn sample(name: &str) -> Option<&'static str> {
    samples().iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
