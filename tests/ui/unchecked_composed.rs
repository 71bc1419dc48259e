//! E0308
// Data that were not checked against the template are not composed.

use yinxin::compose::{Composer, Facts};

pub fn compose<Data>(composer: &Composer, data: &Data, facts: &Facts) {
    let _ = composer.compose(data, facts);
}
