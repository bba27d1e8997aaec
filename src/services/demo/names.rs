//! Names that nobody bears: an everyday surname, a character that says "sample", and one more.

use super::dice::Dice;
use std::collections::BTreeSet;

const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕";
const MARKS: &str = "示例演";
const ENDINGS: &str = "安宁和平清河春华秋实松柏梅兰竹菊山川明亮光辉书文语诗琴画云月星辰江海湖泉德仁义礼智信勤俭诚善福寿康乐喜庆瑞祥";

/// Hands out names, each once.
#[derive(Default)]
pub struct Names {
    given: BTreeSet<String>,
}

impl Names {
    pub fn fresh(&mut self, dice: &mut Dice) -> String {
        loop {
            let name: String =
                [SURNAMES, MARKS, ENDINGS].into_iter().map(|from| character(from, dice)).collect();
            if self.given.insert(name.clone()) {
                return name;
            }
        }
    }

    /// A name with the surname of another: one household often has one.
    pub fn related(&mut self, name: &str, dice: &mut Dice) -> String {
        let surname: String = name.chars().take(1).collect();
        for _ in 0..20 {
            let given: String = [MARKS, ENDINGS].into_iter().map(|from| character(from, dice)).collect();
            let name = format!("{surname}{given}");
            if self.given.insert(name.clone()) {
                return name;
            }
        }
        self.fresh(dice)
    }
}

fn character(from: &str, dice: &mut Dice) -> char {
    let place = dice.place(from.chars().count());
    from.chars().nth(place).unwrap_or('例')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_relatives_share_the_surname() {
        let (mut names, mut dice) = (Names::default(), Dice::new(1));
        let first = names.fresh(&mut dice);
        let related = names.related(&first, &mut dice);
        assert_ne!(first, related);
        assert_eq!(first.chars().next(), related.chars().next());
        let more: BTreeSet<_> = (0..3000).map(|_| names.fresh(&mut dice)).collect();
        assert_eq!(more.len(), 3000);
    }
}
