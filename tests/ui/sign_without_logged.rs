//! E0308
// An entry alone is no proof that it is logged.

use yinxin::cms::SignedAttributes;
use yinxin::ledger::entry::Entry;
use yinxin::vault::Vault;

pub fn sign(vault: &Vault, entry: Entry, attributes: &SignedAttributes) {
    let _ = vault.sign(entry, attributes, rng());
}

fn rng<T>() -> T {
    loop {}
}
