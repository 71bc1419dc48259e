//! E0382
// One proof is one use: it is consumed.

use yinxin::cms::SignedAttributes;
use yinxin::ledger::proof::Logged;
use yinxin::vault::Vault;

pub fn sign_twice(vault: &Vault, logged: Logged, attributes: &SignedAttributes) {
    let _ = vault.sign(logged, attributes, rng());
    let _ = vault.sign(logged, attributes, rng());
}

fn rng<T>() -> T {
    loop {}
}
