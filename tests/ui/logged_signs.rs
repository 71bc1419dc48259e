//! compiles
// The control: what the other cases do wrong, done right.

use yinxin::cms::SignedAttributes;
use yinxin::ledger::proof::Logged;
use yinxin::vault::Vault;

pub fn sign(vault: &Vault, logged: Logged, attributes: &SignedAttributes) {
    let _ = vault.sign(logged, attributes, rng());
}

fn rng<T>() -> T {
    loop {}
}
