//! E0277
// A proof cannot be kept for another use.

use yinxin::ledger::proof::Logged;

pub fn keep(logged: &Logged) -> Logged {
    Logged::clone(logged)
}
