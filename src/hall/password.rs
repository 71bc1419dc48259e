//! What a password must not be. Length and a list of what everybody tries first (NIST SP 800-63B-4, 3.1.1.2), no demand for this or that kind
//! of character: such demands make people write them down.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::refusal::Reasons;

/// The fewest characters of a password.
pub const LEAST: usize = 10;
/// The most bytes of a password.
pub const MOST: usize = 256;
/// The words, most often found where passwords have leaked (zxcvbn's list, with words of halls and keyboards added).
const COMMON: &str = include_str!("password/common.txt");

/// Everything that is wrong with a new password of the person who signs in by `login` and is called `name`.
pub fn check(password: &str, login: &str, name: &str, reasons: &mut Reasons) {
    let mut wrong = |code, text: String| reasons.add_field(code, "password", text);
    if password.chars().count() < LEAST {
        wrong("password-short", format!("口令至少 {LEAST} 个字符；几个不相干的词连起来，好记又难猜"));
    }
    if password.len() > MOST {
        wrong("password-long", format!("口令最长 {MOST} 字节"));
    }
    let lower = password.to_lowercase();
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    if is_common(&lower, core) {
        wrong("password-common", "这个口令（或去掉前后数字后的词）在外泄口令中很常见，请换一个".to_owned());
    }
    let login = login.to_lowercase();
    if lower.contains(&login) || (!name.is_empty() && lower.contains(&name.to_lowercase())) {
        wrong("password-personal", "口令里不要带工号或姓名".to_owned());
    }
    if lower.chars().collect::<HashSet<_>>().len() < 4 {
        wrong("password-monotonous", "口令至少要有 4 个不同的字符".to_owned());
    }
}

fn is_common(lower: &str, core: &str) -> bool {
    static WORDS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let words = WORDS.get_or_init(|| COMMON.lines().collect());
    let half =
        core.get(..core.len() / 2).filter(|half| core.len().is_multiple_of(2) && core.get(half.len()..) == Some(half));
    let no_word = core.is_empty() && !lower.is_empty();
    no_word || words.contains(lower) || words.contains(core) || half.is_some_and(|half| words.contains(half))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(password: &str) -> Vec<&'static str> {
        let mut reasons = Reasons::new();
        check(password, "chief-scjg", "王小明", &mut reasons);
        reasons.into_result().err().map_or_else(Vec::new, |refusal| refusal.codes())
    }

    #[test]
    fn common_short_and_personal_ones_are_refused_with_all_reasons() {
        for good in ["correct horse 9", "松花湖的冬天有雾凇呀", "r7Qmvt2kxw9A", "Tuoba-xiang-shan"] {
            assert_eq!(said(good), [""; 0], "{good}");
        }
        for common in
            ["Password2026!", "1qaz2wsx3edc", "123456789012", "qwertyuiop", "woaini1314520", "passwordpassword1"]
        {
            assert_eq!(said(common), ["password-common"], "{common}");
        }
        assert_eq!(said("admin"), ["password-short", "password-common"]);
        assert_eq!(said("a-Chief-SCJG-9"), ["password-personal"]);
        assert_eq!(said("我叫王小明，工作在开发区"), ["password-personal"]);
        assert_eq!(said("xyxyxyxyxyxy"), ["password-monotonous"]);
        assert_eq!(said(&"ab cd".repeat(60)), ["password-long"]);
        assert_eq!(said(""), ["password-short", "password-monotonous"]);
    }
}
