//! The rows of a pasted list: copied from a sheet, or a list that people wrote in a chat, one after the other:
//! `1. 王示兰 13800000000`.

use crate::portal::frame::form::plain_digits;

/// The most rows of one list.
pub const MOST: usize = 500;
/// The most signs of a line that are looked at.
const LONGEST: usize = 400;
/// Digits from which a number is that of a person, not an amount.
const PERSONAL: usize = 6;

/// A row as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub name: String,
    /// A phone, its last four digits, or a volunteer number.
    pub who: String,
    /// A quantity or points.
    pub amount: String,
    pub note: String,
}

impl Row {
    pub fn is_empty(&self) -> bool {
        [&self.name, &self.who, &self.amount, &self.note].iter().all(|text| text.trim().is_empty())
    }
}

/// A pasted list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    pub rows: Vec<Row>,
    /// It goes on after the most rows.
    pub is_too_long: bool,
    /// The heading of a column says that its numbers are points.
    pub has_points: Option<bool>,
}

/// Words that stand over a column.
const OVER_NAMES: [&str; 5] = ["姓名", "名字", "户名", "name", "储户"];
const OVER_POINTS: [&str; 3] = ["积分", "分值", "points"];
const OVER_QUANTITIES: [&str; 5] = ["数量", "次数", "小时", "时长", "quantity"];

/// Reads a pasted text.
pub fn parse(text: &str) -> Pasted {
    let mut pasted = Pasted::default();
    let lines = || text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty());
    // In a list from a chat, what has no number before it is its heading.
    let is_numbered = lines().take(MOST).any(|line| numbered(line).is_some() && !line.contains('\t'));
    for line in lines() {
        let line: String = plain_digits(line).chars().take(LONGEST).collect();
        let line = match (is_numbered, numbered(&line)) {
            (true, Some(rest)) => rest.to_owned(),
            (true, None) => continue,
            (false, _) => line,
        };
        if pasted.rows.is_empty() && pasted.has_points.is_none() && is_heading(&line) {
            let has = |words: &[&str]| words.iter().any(|word| line.to_lowercase().contains(word));
            pasted.has_points = match (has(&OVER_POINTS), has(&OVER_QUANTITIES)) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            };
            continue;
        }
        let row = row(&line);
        if row.is_empty() {
            continue;
        }
        if pasted.rows.len() >= MOST {
            pasted.is_too_long = true;
            return pasted;
        }
        pasted.rows.push(row);
    }
    pasted
}

/// What follows the number of a line in a list from a chat: `3. `, `3、`, `3）`.
fn numbered(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 4 {
        return None;
    }
    let rest = line.get(digits..)?;
    let mark =
        rest.chars().next().filter(|mark| matches!(mark, '.' | '．' | '、' | ')' | '）' | ':' | '：'))?;
    let rest = rest.get(mark.len_utf8()..)?;
    // `0.5` is an amount.
    (!rest.starts_with(|sign: char| sign.is_ascii_digit())).then(|| rest.trim_start())
}

fn is_heading(line: &str) -> bool {
    let first = cells(line).into_iter().find(|cell| !cell.is_empty()).unwrap_or_default().to_lowercase();
    let is_over = |words: &[&str]| words.iter().any(|word| first == *word);
    is_over(&OVER_NAMES) || ["序号", "行", "编号", "no."].contains(&first.as_str())
}

/// The cells of a line: of a sheet by tabs, else by commas or blanks, and where a name and a number touch.
fn cells(line: &str) -> Vec<String> {
    if line.contains('\t') {
        return line.split('\t').map(|cell| cell.trim().trim_matches('"').trim().to_owned()).collect();
    }
    let mut cells: Vec<String> = Vec::new();
    let parts =
        line.split(|sign: char| sign.is_whitespace() || matches!(sign, ',' | '，' | ';' | '；' | '|'));
    for part in parts.filter(|part| !part.is_empty()) {
        // `王示兰13800000000`.
        let turn = part.char_indices().find(|(_, sign)| sign.is_ascii_digit()).map(|(at, _)| at);
        let is_name = |text: &str| {
            !text.is_empty()
                && text.chars().all(|sign| (sign.is_alphabetic() && !sign.is_ascii()) || sign == '·')
        };
        match turn.map(|at| part.split_at(at)) {
            Some((name, number)) if is_name(name) && digits_of(number) >= PERSONAL => {
                cells.extend([name.to_owned(), number.to_owned()]);
            }
            _ => cells.push(part.to_owned()),
        }
    }
    cells
}

fn digits_of(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// A number, with a unit or without: `20`, `0.5`, `20分`, `2小时`.
fn amount(cell: &str) -> Option<&str> {
    let text = cell.trim_start_matches('+');
    let end = text.find(|sign: char| !(sign.is_ascii_digit() || sign == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let is_unit = ["", "分", "积分", "次", "个", "件", "小时", "时", "天", "元", "月", "h", "pts"]
        .contains(&unit.trim());
    let is_number = number.bytes().any(|digit| digit.is_ascii_digit()) && digits_of(number) < PERSONAL;
    (is_number && is_unit).then_some(number)
}

fn is_personal(cell: &str) -> bool {
    let signs =
        |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '+' | '-' | ' ' | '(' | ')' | '*');
    // `H0010`: the number of a household.
    let is_marked = cell.starts_with(|sign: char| sign.is_ascii_alphabetic()) && digits_of(cell) >= 3;
    (digits_of(cell) >= PERSONAL || is_marked) && cell.chars().all(signs)
}

fn row(line: &str) -> Row {
    let (mut row, is_sheet) = (Row::default(), line.contains('\t'));
    for cell in cells(line) {
        if cell.is_empty() {
            continue;
        }
        if row.who.is_empty() && is_personal(&cell) {
            row.who = cell;
        } else if let Some(number) = amount(&cell).filter(|_| row.amount.is_empty()) {
            // What stands before the name is the number of the row.
            if !row.name.is_empty() || !row.who.is_empty() {
                row.amount = number.to_owned();
            }
        } else if row.name.is_empty() {
            row.name = cell;
        } else if !is_sheet
            && row.who.is_empty()
            && row.name.is_ascii()
            && cell.is_ascii()
            && row.note.is_empty()
        {
            row.name = format!("{} {cell}", row.name);
        } else {
            let blank = if row.note.is_empty() { "" } else { " " };
            row.note = format!("{}{blank}{cell}", row.note);
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, who: &str, amount: &str, note: &str) -> Row {
        Row { name: name.into(), who: who.into(), amount: amount.into(), note: note.into() }
    }

    #[test]
    fn rows_of_a_sheet() {
        let text = "姓名\t手机号\t积分\t备注\n王示兰\t13800000001\t20\t2 小时\n李示国\t\t20\t\n\t\t\t\n3\t陈示\t１３８００００0002\t0.5\t组长 3 小时";
        let pasted = parse(text);
        assert_eq!(pasted.has_points, Some(true));
        assert_eq!(
            pasted.rows,
            [
                of("王示兰", "13800000001", "20", "2 小时"),
                of("李示国", "", "20", ""),
                of("陈示", "13800000002", "0.5", "组长 3 小时")
            ]
        );
    }

    #[test]
    fn a_list_from_a_chat() {
        let text = "#接龙\n周六清理河道，报名\n\n1. 王示兰 13800000001\n2、李示国13800000002 2次\n3. 陈示\n10）周示芳，000000123，3，带工具";
        assert_eq!(
            parse(text).rows,
            [
                of("王示兰", "13800000001", "", ""),
                of("李示国", "13800000002", "2", ""),
                of("陈示", "", "", ""),
                of("周示芳", "000000123", "3", "带工具")
            ]
        );
        assert_eq!(
            parse("Anna Example 13800000001 0.5").rows,
            [of("Anna Example", "13800000001", "0.5", "")]
        );
    }

    #[test]
    fn volunteer_numbers_may_have_letters() {
        let rows = parse("1. 赵演 JX000025\n2. 赵演家 H0010 2").rows;
        assert_eq!(rows, [of("赵演", "JX000025", "", ""), of("赵演家", "H0010", "2", "")]);
    }

    #[test]
    fn rubbish_is_bounded() {
        let pasted = parse(&"乱\u{fffd}码 ;;; 9999999999999999999 -- \t\n".repeat(10_000));
        assert!(pasted.is_too_long && pasted.rows.len() == MOST);
        assert_eq!(parse(&"x".repeat(1_000_000)).rows.len(), 1);
        assert_eq!(parse("\n \t \n"), Pasted::default());
    }
}
