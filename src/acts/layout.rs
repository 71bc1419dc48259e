//! Where seals stand on a document: GB/T 9704-2012, 7.3.5.1. The template declares where issuer and date are; the seal
//! presses down on both, upright and centred, so that they lie slightly below its centre and clear of the words under its star.

use serde::{Deserialize, Serialize};

use crate::compose::{Anchor, Composed};
use crate::hall::seal::SealKind;
use crate::pdf::{FieldPlan, Locks, RectMm, page_sizes};

use super::{ActError, inconsistent};

/// Issuer and date lie below the centre of the seal by this part of its diameter.
const SLIGHTLY_LOW: f64 = 0.08;
/// On a seal with words under its star the date's middle is no further below the centre than this part of the diameter:
/// further down it would be printed through the words.
const DATE_LOWEST: f64 = 0.15;
/// A seal keeps this distance from the page's edge (mm).
const MARGIN_MM: f64 = 2.0;
/// A seam seal's slice is at least this wide (mm); with more pages than that allows, there is one for each group of pages.
const LEAST_SLICE_MM: f64 = 3.0;

/// The places of a document's seals, fixed when it is composed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Layout {
    /// Width and height of each page (mm).
    pub(super) pages: Vec<(f64, f64)>,
    /// One place for each seal, in the order of sealing.
    pub(super) places: Vec<Place>,
}

/// Where one seal stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Place {
    /// Name of the signature field.
    pub(super) field: String,
    /// From 0.
    page: usize,
    /// Left edge (mm).
    left: f64,
    /// Upper edge (mm).
    top: f64,
    /// Diameter of the seal (mm).
    diameter: f64,
}

impl Layout {
    /// Places each seal, of that kind and diameter, on its anchor.
    pub(super) fn of(composed: &Composed, seals: &[String], kinds: &[(SealKind, u8)]) -> Result<Self, ActError> {
        let pages = page_sizes(&composed.pdf)?;
        let mut places = Vec::new();
        for (position, (seal, (kind, diameter))) in seals.iter().zip(kinds).enumerate() {
            let anchor = composed.anchors.iter().find(|anchor| anchor.signer == *seal);
            let anchor = anchor.ok_or_else(|| inconsistent(format!("no anchor for the seal {seal}")))?;
            let size = pages.get(anchor.page).ok_or_else(|| inconsistent("an anchor lies on no page"))?;
            places.push(place(anchor, *size, *kind, f64::from(*diameter), position));
        }
        Ok(Self { pages, places })
    }

    /// The signature fields, all of them, to be prepared before the first seal.
    pub(super) fn fields(&self) -> Vec<FieldPlan> {
        let last = self.places.len().saturating_sub(1);
        let field = |(position, place): (usize, &Place)| FieldPlan {
            name: place.field.clone(),
            page: place.page,
            rect: RectMm { left: place.left, top: place.top, width: place.diameter, height: place.diameter },
            // The last seal of several locks everything; a single one certifies instead.
            locks: if position == last && last > 0 { Locks::Everything } else { Locks::Nothing },
        };
        self.places.iter().enumerate().map(field).collect()
    }

    /// The slices of a seam seal (骑缝章) of that diameter, one at the right edge of each page: the page, the slice's
    /// number, how many make the whole, and where it stands. None on a document of one page.
    pub(super) fn seam(&self, diameter: f64) -> Vec<(usize, u32, u32, RectMm)> {
        if self.pages.len() < 2 {
            return Vec::new();
        }
        let most = (diameter / LEAST_SLICE_MM).floor() as usize;
        let mut slices = Vec::new();
        for group in (0..self.pages.len()).collect::<Vec<_>>().chunks(most) {
            let count = group.len() as u32;
            let width = diameter / f64::from(count);
            for (slice, page) in group.iter().enumerate() {
                let (page_width, page_height) = self.pages[*page];
                let (left, top) = (page_width - width, (page_height - diameter) / 2.0);
                slices.push((*page, slice as u32, count, RectMm { left, top, width, height: diameter }));
            }
        }
        slices
    }
}

fn place(anchor: &Anchor, (width, height): (f64, f64), kind: SealKind, diameter: f64, position: usize) -> Place {
    let middle = (anchor.issuer_y_mm + anchor.date_y_mm) / 2.0 - SLIGHTLY_LOW * diameter;
    let middle = match kind {
        SealKind::Approval => middle.max(anchor.date_y_mm - DATE_LOWEST * diameter),
        SealKind::Department => middle,
    };
    let inside = |centre: f64, extent: f64| (centre - diameter / 2.0).min(extent - diameter - MARGIN_MM).max(MARGIN_MM);
    Place {
        field: format!("seal-{}", position + 1),
        page: anchor.page,
        left: inside(anchor.x_mm, width),
        top: inside(middle, height),
        diameter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchor() -> Anchor {
        Anchor { signer: "issuer".into(), page: 0, x_mm: 200.0, issuer_y_mm: 150.0, date_y_mm: 158.0, width_mm: 70.0 }
    }

    #[test]
    fn issuer_and_date_lie_slightly_below_the_centre_of_the_seal() {
        let place = place(&anchor(), (297.0, 210.0), SealKind::Department, 42.0, 0);
        // Centre of both lines 154 mm; the seal's centre 0.08 * 42 = 3.36 mm above it.
        assert!((place.left - 179.0).abs() < 1e-9 && (place.top - (154.0 - 3.36 - 21.0)).abs() < 1e-9, "{place:?}");
    }

    #[test]
    fn the_date_stands_above_the_words_of_an_approval_seal() {
        let top = |anchor: &Anchor| place(anchor, (297.0, 210.0), SealKind::Approval, 42.0, 0).top;
        // 154 - 3.36 = 150.64 mm would leave the date 7.36 mm below the centre: it may be 0.15 * 42 = 6.3 mm below it.
        assert!((top(&anchor()) - (158.0 - 6.3 - 21.0)).abs() < 1e-9);
        // Lines 4 mm apart: centre at 156 - 3.36 = 152.64 mm, the date 5.36 mm below it.
        let close = Anchor { issuer_y_mm: 154.0, ..anchor() };
        assert!((top(&close) - (152.64 - 21.0)).abs() < 1e-9);
    }

    #[test]
    fn the_slices_of_a_seam_seal_make_one_whole_at_the_right_edge() {
        let layout = Layout { pages: vec![(210.0, 297.0); 3], places: Vec::new() };
        let slices = layout.seam(42.0);
        assert_eq!(
            slices.iter().map(|(page, slice, count, _)| (*page, *slice, *count)).collect::<Vec<_>>(),
            [(0, 0, 3), (1, 1, 3), (2, 2, 3)]
        );
        assert!(
            slices.iter().all(|(_, _, _, rect)| rect.width == 14.0 && (rect.left + rect.width - 210.0).abs() < 1e-9)
        );
        assert!(Layout { pages: vec![(210.0, 297.0)], places: Vec::new() }.seam(42.0).is_empty());
        let many = Layout { pages: vec![(210.0, 297.0); 30], places: Vec::new() }.seam(42.0);
        assert!(many.len() == 30 && many.iter().all(|(_, _, _, rect)| rect.width >= 3.0));
    }
}
