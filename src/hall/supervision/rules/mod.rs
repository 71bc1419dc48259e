//! The rules themselves, each one function.

mod cases;
mod people;
mod refused;
mod terms;
mod unusual;

pub use refused::kinds;

use super::{Facts, Hit, Rule};

pub(super) const ALL: [Rule; 16] = [
    Rule {
        code: "case-overdue",
        title: "办件超期",
        source: "R15 R16 · D5 五、D2 一",
        explained: "承诺期限的最后一天已过，尚未用印也未退回；或者是在期限之后才办结的。",
        find: cases::overdue,
    },
    Rule {
        code: "case-due-soon",
        title: "办件即将超期",
        source: "R15 R16 · D5 五",
        explained: "到承诺期限只剩两个工作日（含今天），尚未办结。即办件不在此列。",
        find: cases::due_soon,
    },
    Rule {
        code: "undelivered",
        title: "已用印未出证",
        source: "R10 R16 · D1 三(五)、D2 二(五)",
        explained: "用印后超过五个工作日没有出证记录。",
        find: cases::undelivered,
    },
    Rule {
        code: "use-unfinished",
        title: "登账未完成",
        source: "R16 · L2",
        explained: "登入账本超过十分钟，既没有完成用印，也没有作废。",
        find: cases::unfinished,
    },
    Rule {
        code: "use-voided",
        title: "登账后作废",
        source: "R16 · L2",
        explained: "登入账本的用印未能完成，已由后一条登记作废。",
        find: cases::voided,
    },
    Rule {
        code: "sealing-held",
        title: "批准后未能用印",
        source: "R16 · D5 五",
        explained: "审批人都已批准，用印时被规则拒绝（如印章停用、授权到期），超过一小时没有处理。",
        find: cases::held,
    },
    Rule {
        code: "outside-place",
        title: "在登记的窗口、设备之外办理",
        source: "R11 R16 · D1 三(五)、D3 一",
        explained: "某人某日有被拒绝的操作，理由是不在登记的窗口或设备上。一次即记。",
        find: refused::place,
    },
    Rule {
        code: "outside-hours",
        title: "在规定时间之外办理",
        source: "R11 R16 · D2 一",
        explained: "某人某日有被拒绝的操作，理由是不在开放时间或值班时间。一次即记。",
        find: refused::hours,
    },
    Rule {
        code: "outside-scope",
        title: "超出授权范围办理",
        source: "R2 R6 R16 · D1 三(四)、D4 三(四)2",
        explained: "某人某日有被拒绝的操作，理由是超出登记、授权或岗位的范围。一次即记。",
        find: refused::scope,
    },
    Rule {
        code: "refusals-in-a-row",
        title: "连续被拒绝",
        source: "R16 · D4 四",
        explained: "同一人一日之内连续五次操作被拒绝，其间没有一次办成。",
        find: refused::in_a_row,
    },
    Rule {
        code: "rejections-in-a-row",
        title: "连续退回",
        source: "R16 R18 · D5 四、五",
        explained: "同一审批人一日之内连续退回五次，其间没有一次批准。",
        find: refused::rejections,
    },
    Rule {
        code: "self-dealing",
        title: "一人两头办理",
        source: "R3 R16 · D4 三(三)2",
        explained: "审批人与申请用印或受理该件的人、与同一当事人同一事项九十日内的申请人、或与另一步的审批人是同一人（同一登记，或不同登记而姓名相同）。",
        find: people::both_sides,
    },
    Rule {
        code: "unusual-person",
        title: "个人审批数量异常",
        source: "R16 · D4 四",
        explained: "某人一日批准用印的次数，多于本人前六十个工作日的平均加三倍标准差，且不少于十次。",
        find: unusual::persons,
    },
    Rule {
        code: "unusual-seal",
        title: "印章使用数量异常",
        source: "R16 · D4 四",
        explained: "某枚印章一日使用的次数，多于该印章前六十个工作日的平均加三倍标准差，且不少于十次。",
        find: unusual::seals,
    },
    Rule {
        code: "term-ending",
        title: "工作证或授权委托书即将到期",
        source: "R2 R6 R16 · D1 三(四)、D4 三(四)2",
        explained: "在册人员的工作证、没有后续的授权委托书，将在三十日内到期或已经到期。",
        find: terms::ending,
    },
    Rule {
        code: "ledger-trouble",
        title: "账本或见证异常",
        source: "R16 · L2、L3",
        explained: "账本没有公布到最新，或见证人没有见证到最新。每日记一次。",
        find: terms::ledger,
    },
];
