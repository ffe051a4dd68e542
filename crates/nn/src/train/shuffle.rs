use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// Every order with the same probability (Fisher and Yates; Durstenfeld 1964).
pub(crate) fn shuffle(order: &mut [usize], rng: &mut ChaCha8Rng) {
    for last in (1..order.len()).rev() {
        order.swap(last, below(last as u64 + 1, rng) as usize);
    }
}

/// A number below `n`, each with the same probability (Lemire, ACM Trans. Model. Comput. Simul. 29, 2019).
fn below(n: u64, rng: &mut ChaCha8Rng) -> u64 {
    // The products whose lower halves are smaller than 2⁶⁴ mod n are one too many for some numbers.
    let surplus = n.wrapping_neg() % n;
    loop {
        let product = u128::from(rng.next_u64()) * u128::from(n);
        if product as u64 >= surplus {
            return (product >> 64) as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shuffle;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn every_order_is_as_likely() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut counts = [0; 27];
        for _ in 0..6000 {
            let mut order = [0, 1, 2];
            shuffle(&mut order, &mut rng);
            counts[order[0] * 9 + order[1] * 3 + order[2]] += 1;
        }
        let seen: Vec<i32> = counts.into_iter().filter(|&count| count > 0).collect();
        assert_eq!(seen.len(), 6);
        // Chi square with 5 degrees of freedom: below 20.5 with probability 0.999.
        let chi: f64 = seen.iter().map(|&n| f64::from(n - 1000).powi(2) / 1000.0).sum();
        assert!(chi < 20.5, "{chi}");
    }
}
