//! E0451
// Nobody but the verification of a proof makes one.

use yinxin::ledger::entry::Entry;
use yinxin::ledger::proof::Logged;

pub fn make_up(other: Logged, entry: Entry) -> Logged {
    Logged { entry, ..other }
}
