//! A picture of a page with places marked on it: seals framed by a solid line with their number, differences by a broken one.
use maud::{Markup, html};

/// A place on a picture: left, top, width and height, in its dots.
pub type Place = [u32; 4];

/// The picture.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What it is called on its page; empty where nothing of it is shown large.
    pub id: String,
    /// Its address, or a data URI.
    pub src: String,
    /// Its width and height in dots.
    pub size: [u32; 2],
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// What stands under it.
    pub caption: String,
    /// Seals, each with the number it has on the page.
    pub seals: Vec<(usize, Place)>,
    /// What is different.
    pub differences: Vec<Place>,
}

/// How far a frame stands off what it frames, in dots.
const OFF: u32 = 6;
/// Differences shown large, at most.
const MOST_CLOSE_UPS: usize = 3;

impl Figure {
    /// Its markup.
    pub fn show(&self) -> Markup {
        let [width, height] = self.size;
        // What takes half of the page is seen as it is.
        let small = || self.differences.iter().filter(|place| place[2] * 2 < width);
        let close = !self.id.is_empty() && small().next().is_some();
        html! {
            figure.figure {
                svg viewBox={ "0 0 " (width) " " (height) } role="img" aria-label=(self.alt) {
                    image id=[close.then_some(&self.id)] href=(self.src) width=(width) height=(height) {}
                    @for place in &self.differences { (frame("difference", *place, self.size)) }
                    @for (number, place) in &self.seals {
                        (frame("seal-halo", *place, self.size))
                        (frame("seal-frame", *place, self.size))
                        (badge(*number, *place, self.size))
                    }
                }
                @if close {
                    div.close-ups {
                        @for place in small().take(MOST_CLOSE_UPS) { (self.close_up(*place)) }
                    }
                }
                figcaption { (self.caption) }
            }
        }
    }

    /// A difference with what stands around it, large enough to be read; the picture itself is not sent twice.
    fn close_up(&self, [x, y, width, height]: Place) -> Markup {
        let [most_x, most_y] = self.size;
        let tall = (height * 2).max(width / 3).max(most_y / 20).min(most_y);
        let wide = (width + height * 2).max(tall * 3).min(most_x);
        let (left, top) = ((x + width / 2).saturating_sub(wide / 2), (y + height / 2).saturating_sub(tall / 2));
        let (left, top) = (left.min(most_x - wide), top.min(most_y - tall));
        html! {
            svg viewBox={ (left) " " (top) " " (wide) " " (tall) } aria-hidden="true" { use href={ "#" (self.id) } {} }
        }
    }
}

/// A rectangle around a place, within the picture.
fn frame(class: &str, [x, y, width, height]: Place, [most_x, most_y]: [u32; 2]) -> Markup {
    let (left, top) = (x.saturating_sub(OFF), y.saturating_sub(OFF));
    let (right, bottom) = ((x + width + OFF).min(most_x), (y + height + OFF).min(most_y));
    html! {
        rect.(class) x=(left) y=(top) width=(right.saturating_sub(left)) height=(bottom.saturating_sub(top)) rx="4" {}
    }
}

/// The number of a seal at the upper left corner of its frame.
fn badge(number: usize, [x, y, ..]: Place, [width, height]: [u32; 2]) -> Markup {
    let radius = (width.max(height) / 60).max(10);
    let (x, y) = (x.saturating_sub(OFF).max(radius), y.saturating_sub(OFF).max(radius));
    html! {
        g.badge transform={ "translate(" (x) " " (y) ")" } {
            circle r=(radius) {}
            text text-anchor="middle" dominant-baseline="central" font-size=(radius * 3 / 2) { (number) }
        }
    }
}

/// Where on a page of this size a place is, in words: for those who cannot see the frame.
pub fn whereabouts([x, y, width, height]: Place, size: [u32; 2]) -> &'static str {
    let third = |from: u32, length: u32, whole: u32| match (from + length / 2).saturating_mul(3) / whole.max(1) {
        0 => 0,
        1 => 1,
        _ => 2,
    };
    let words = [["左上方", "上方", "右上方"], ["左侧", "中间", "右侧"], ["左下方", "下方", "右下方"]];
    words[third(y, height, size[1])][third(x, width, size[0])]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_words() {
        let size = [900, 1200];
        assert_eq!(whereabouts([0, 0, 30, 30], size), "左上方");
        assert_eq!(whereabouts([420, 580, 60, 60], size), "中间");
        assert_eq!(whereabouts([800, 1100, 100, 100], size), "右下方");
        assert_eq!(whereabouts([5000, 5000, 9, 9], size), "右下方");
        assert_eq!(whereabouts([1, 1, 1, 1], [0, 0]), "右下方");
    }

    #[test]
    fn frames_stay_within_the_picture() {
        let shown = frame("seal-frame", [2, 3, 995, 990], [1000, 1000]).into_string();
        assert!(shown.contains(r#"x="0" y="0" width="1000" height="999""#), "{shown}");
    }
}
