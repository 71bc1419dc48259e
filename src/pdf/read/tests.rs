//! Damage, windows and greed: what files really look like, and what they may cost.

mod damage;
mod greed;
mod windows;
