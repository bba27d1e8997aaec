//! Curves as SVG that stretches, without words inside: words beside it follow the reader's size of text.

/// A curve over equal steps, from 0 to a round figure above its highest value.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The path of the line, in a box of 100 by 100.
    pub line: String,
    /// The same, closed below.
    pub area: String,
    /// The figures of the grid, from the top.
    pub grid: Vec<i64>,
}

/// How many steps the grid has.
const STEPS: i64 = 3;

/// The smallest of 1, 2, 5, 10, 20 … that is not below a value.
fn round_up(value: i64) -> i64 {
    let mut decade = 1_i64;
    loop {
        for factor in [1, 2, 5] {
            let step = decade.saturating_mul(factor);
            if step >= value {
                return step;
            }
        }
        decade = decade.saturating_mul(10);
    }
}

fn float(value: i64) -> f64 {
    f64::from(i32::try_from(value).unwrap_or(i32::MAX))
}

/// The slopes of a monotone cubic through these heights (Fritsch and Carlson): the curve never passes a value that did
/// not exist.
fn slopes(heights: &[f64]) -> Vec<f64> {
    let rises: Vec<f64> = heights
        .windows(2)
        .map(|pair| pair.iter().rev().copied().reduce(|a, b| a - b).unwrap_or(0.0))
        .collect();
    let inner = rises.windows(2).map(|pair| match pair {
        [before, after] if before * after > 0.0 => 2.0 * before * after / (before + after),
        _ => 0.0,
    });
    let ends = (rises.first().copied().unwrap_or(0.0), rises.last().copied().unwrap_or(0.0));
    std::iter::once(ends.0).chain(inner).chain(std::iter::once(ends.1)).collect()
}

/// A curve through values that are not below 0; `None` for fewer than two.
pub fn curve(values: &[i64]) -> Option<Curve> {
    let (last, most) = (values.len().checked_sub(1).filter(|last| *last > 0)?, values.iter().max()?);
    let step = round_up(most.saturating_add(STEPS - 1).checked_div(STEPS)?.max(1));
    let top = float(step.saturating_mul(STEPS));
    let width = 100.0 / float(i64::try_from(last).ok()?);
    let heights: Vec<f64> = values.iter().map(|value| 100.0 - 100.0 * float((*value).max(0)) / top).collect();
    let slopes = slopes(&heights);
    let places: Vec<(f64, f64, f64)> = heights
        .iter()
        .zip(&slopes)
        .scan(0.0, |x, (y, slope)| {
            let place = (*x, *y, *slope);
            *x += width;
            Some(place)
        })
        .collect();
    let (first_x, first_y, _) = places.first().copied()?;
    let mut line = format!("M{first_x:.2} {first_y:.2}");
    for pair in places.windows(2) {
        let [(x, y, slope), (next_x, next_y, next_slope)] = pair else { continue };
        let third = width / 3.0;
        line.push_str(&format!(
            "C{:.2} {:.2} {:.2} {:.2} {next_x:.2} {next_y:.2}",
            x + third,
            y + slope / 3.0,
            next_x - third,
            next_y - next_slope / 3.0
        ));
    }
    let area = format!("{line}V100H0Z");
    let grid = (0..=STEPS).rev().map(|steps| step.saturating_mul(steps)).collect();
    Some(Curve { line, area, grid })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every height that the curve's path names.
    fn heights(curve: &Curve) -> Vec<f64> {
        let figures: Vec<f64> =
            curve.line.split(['M', 'C', ' ']).filter(|t| !t.is_empty()).map(|t| t.parse().unwrap()).collect();
        figures.chunks(2).map(|pair| pair[1]).collect()
    }

    #[test]
    fn the_grid_ends_at_a_round_figure() {
        let grid = |values: &[i64]| curve(values).unwrap().grid;
        assert_eq!(grid(&[0, 1286]), [1500, 1000, 500, 0]);
        assert_eq!(grid(&[0, 0]), [3, 2, 1, 0]);
        assert_eq!(grid(&[7, 600]), [600, 400, 200, 0]);
        assert_eq!(curve(&[5]), None);
        assert_eq!(curve(&[]), None);
    }

    #[test]
    fn the_curve_stays_between_the_values_it_joins() {
        let values = [420, 460, 470, 640, 590, 860, 810, 1100, 1100, 0, 1320, 1286];
        let drawn = curve(&values).unwrap();
        assert!(heights(&drawn).iter().all(|height| (-0.01..=100.01).contains(height)), "{drawn:?}");
        let flat = curve(&[300, 300, 300]).unwrap();
        assert!(heights(&flat).iter().all(|height| (height - 0.0).abs() < 0.01), "{flat:?}");
    }
}
