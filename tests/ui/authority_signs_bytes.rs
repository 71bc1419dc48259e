//! E0308
// An authority's key takes what the authority module has built, not bytes.

use yinxin::pki::authority::CertSigner;
use yinxin::vault::AuthoritySigner;

pub fn sign(key: &AuthoritySigner<'_>, bytes: &[u8]) {
    let _ = key.sign(bytes);
}
