use jiff::civil::date;

use super::*;

fn pattern(text: &str) -> NumberPattern {
    text.parse().unwrap()
}

fn problems(text: &str) -> Vec<PatternProblem> {
    text.parse::<NumberPattern>().unwrap_err().0
}

#[test]
fn check_digits_are_those_of_the_standard() {
    // The example of ISO/IEC 7064: 0794 has the check digit 5. By hand: 10 -> 10*2%11=9 -> (9+7)%10=6*2%11=1
    // -> (1+9)%10=0 so 10*2%11=9 -> (9+4)%10=3*2=6; 11-6 = 5.
    assert_eq!(mod_11_10("0794"), '5');
    assert_eq!(mod_11_10("JY 0-7-9-4"), '5');
    // By hand: 1 2 2 0 2 0 1 0 0 0 0 0 1 gives the products 2 8 9 7 7 3 8 5 10 9 7 3 8, and 11-8 = 3.
    assert_eq!(mod_11_10("1220201000001"), '3');
}

#[test]
fn a_choice_and_a_check_digit() {
    let food = pattern("JY{主体业态:1食品销售经营者|2餐饮服务经营者|3单位食堂}220201{seq:6}{check:mod11,10}");
    let number = |kind: &str, seq| {
        let data = Map::from_iter([("主体业态".to_owned(), Value::from(kind))]);
        food.render(&data, date(2026, 11, 20), seq)
    };
    assert_eq!(number("食品销售经营者", 1), Ok("JY12202010000013".to_owned()));
    assert_eq!(number("餐饮服务经营者", 1), Ok("JY22202010000016".to_owned()));
    assert_eq!(number("单位食堂", 1), Ok("JY32202010000012".to_owned()));
    assert_eq!(number("食品销售经营者", 2), Ok("JY12202010000021".to_owned()));
    let refused = number("1", 1).unwrap_err();
    assert_eq!(refused.to_string(), "“主体业态”应为以下之一：食品销售经营者、餐饮服务经营者、单位食堂");
    assert_eq!(number("单位食堂", 1_000_000), Err(NumberError::Exhausted { seq: 1_000_000, width: 6 }));
    assert_eq!(number("单位食堂", 0), Err(NumberError::Exhausted { seq: 0, width: 6 }));
    assert_eq!(food.choice_fields().collect::<Vec<_>>(), ["主体业态"]);
    assert_eq!(food.placeholder(date(2026, 11, 20)), "JYX220201XXXXXXX");
}

#[test]
fn dates_and_bare_sequences() {
    let day = date(2026, 3, 9);
    for (text, seq, number, placeholder) in [
        ("220201{date:yyyymmdd}{seq:4}", 12, "220201202603090012", "22020120260309XXXX"),
        ("建字第220201{year}{seq:5}号", 1, "建字第220201202600001号", "建字第2202012026XXXXX号"),
        ("吉市环经开审〔{year}〕{seq}号", 123, "吉市环经开审〔2026〕123号", "吉市环经开审〔2026〕X号"),
        ("{year2}{month}-220201-04-01-{seq:6}", 1, "2603-220201-04-01-000001", "2603-220201-04-01-XXXXXX"),
        ("{year}.{month}.{day}/{seq}", 7, "2026.03.09/7", "2026.03.09/X"),
    ] {
        assert_eq!(pattern(text).render(&Map::new(), day, seq), Ok(number.to_owned()));
        assert_eq!(pattern(text).placeholder(day), placeholder);
        assert_eq!(pattern(text).to_string(), text);
    }
}

#[test]
fn a_sequence_restarts_only_where_the_number_shows_the_year() {
    let day = date(2026, 11, 20);
    for dated in ["{year}-{seq}", "{year2}-{seq}", "{date:yyyymmdd}{seq:4}"] {
        assert_eq!(pattern(dated).scope(day), Scope::Year(2026));
        assert_eq!(pattern(dated).scope(day).as_year(), 2026);
    }
    for undated in ["JX220201{seq:6}", "{month}-{seq}"] {
        assert_eq!(pattern(undated).scope(day), Scope::Forever);
        assert_eq!(pattern(undated).scope(day).as_year(), 0);
    }
}

#[test]
fn finds_every_problem_at_once() {
    use PatternProblem::*;
    assert_eq!(
        problems("证 {yaer}{check:luhn}}{seq:13}{"),
        [
            Blank(' '),
            Unknown("yaer".to_owned()),
            CheckMethod("luhn".to_owned()),
            Unmatched('}'),
            SeqWidth("13".to_owned()),
            Unmatched('{'),
        ]
    );
    let (field, option) = (|| "类".to_owned(), |text: &str| text.to_owned());
    assert_eq!(
        problems("{类:1甲|2甲|22乙|丙|4}{check:mod11,10}{check:mod11,10}"),
        [
            OptionTwice { field: field(), option: option("2甲") },
            Option { field: field(), option: option("22乙") },
            Option { field: field(), option: option("丙") },
            Option { field: field(), option: option("4") },
            Twice("check"),
            NoSeq,
        ]
    );
    assert_eq!(problems("{check:mod11,10}{seq:2}{seq:0}"), [SeqWidth("0".to_owned()), Twice("seq"), CheckBeforeSeq]);
    assert_eq!(problems(""), [NoSeq]);
    assert_eq!(problems("{a{seq}"), [Unmatched('{')]);
    assert_eq!(
        problems("{}{seq}{date}{year:2}"),
        [Unknown(String::new()), Unknown("date".to_owned()), Unknown("year:2".to_owned()),]
    );
    assert_eq!(problems(&"号".repeat(257)), [TooLong]);
    let all = "{x}".parse::<NumberPattern>().unwrap_err().to_string();
    assert_eq!(all, "unknown placeholder {x}; no {seq}");
}
