//! E0451
// Nobody but the rules of the hall makes an approval.

use yinxin::hall::approval::{Approved, SaltedStatement};

pub fn make_up(other: Approved, statement: SaltedStatement) -> Approved {
    Approved { statement, ..other }
}
