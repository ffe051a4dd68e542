//! Files in the format safetensors (feature `safetensors`): written, read, cut off, corrupted.
#![cfg(feature = "safetensors")]

use nn::{Activation, Error, ErrorKind, Init, Mlp};
use proptest::prelude::*;

fn model() -> (Mlp, Vec<f64>) {
    let mlp = Mlp::new(&[2, 4, 3, 1], Activation::Gelu).unwrap();
    let mlp = mlp.with_output_activation(Activation::Softplus);
    let p = mlp.init(Init::He, 3).iter().enumerate().map(|(i, w)| w + 0.01 * i as f64).collect();
    (mlp, p)
}

/// A file as the format describes it: length of the header, header, numbers.
fn by_hand(header: &str, numbers: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(numbers);
    bytes
}

fn f32s(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|x| x.to_le_bytes()).collect()
}

#[test]
fn a_round_trip_keeps_every_bit() {
    let (mlp, p) = model();
    let bytes = mlp.to_safetensors(&p).unwrap();
    assert_eq!(Mlp::from_safetensors(&bytes).unwrap(), (mlp.clone(), p.clone()));

    let p32: Vec<f32> = p.iter().map(|&p| p as f32).collect();
    let bytes32 = mlp.to_safetensors(&p32).unwrap();
    assert_eq!(Mlp::from_safetensors(&bytes32).unwrap(), (mlp.clone(), p32.clone()));
    let wider: Vec<f64> = p32.iter().map(|&p| f64::from(p)).collect();
    assert_eq!(Mlp::from_safetensors(&bytes32).unwrap(), (mlp, wider));
    assert!(problem(Mlp::from_safetensors::<f32>(&bytes).map(|_| ()), "layers.0.weight", "f32"));

    for activation in [
        Activation::Identity,
        Activation::Tanh,
        Activation::Sin,
        Activation::Sigmoid,
        Activation::Silu,
        Activation::Relu,
    ] {
        let mlp = Mlp::new(&[1, 1, 1], activation).unwrap();
        let bytes = mlp.to_safetensors(&[0.5; 4]).unwrap();
        assert_eq!(Mlp::from_safetensors::<f64>(&bytes).unwrap().0, mlp);
    }
}

/// Whether it is an error of a file with this place, that says so.
fn problem(result: Result<(), Error>, at: &str, what: &str) -> bool {
    let error = result.unwrap_err();
    let shown = error.to_string();
    let ErrorKind::File { place, problem } = error.kind() else { panic!("{shown}") };
    assert!(shown.contains(place) && shown.contains(problem));
    assert!(place == at && problem.contains(what), "{shown}");
    true
}

const LINE: &str = r#"{"__metadata__":{"hidden":"tanh","output":"identity"},"layers.0.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"layers.0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]}}"#;

#[test]
fn a_file_from_elsewhere_is_read() {
    // Rows of [outputs, inputs]: y₀ = x₀ + 2 x₁ + 3 x₂ + 10, y₁ = 4 x₀ + 5 x₁ + 6 x₂ + 20.
    let numbers = f32s(&[10.0, 20.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let (mlp, p) = Mlp::from_safetensors::<f64>(&by_hand(LINE, &numbers)).unwrap();
    assert_eq!(mlp, Mlp::new(&[3, 2], Activation::Tanh).unwrap());
    let mut y = [0.0; 2];
    mlp.eval(&p, &[1.0, 0.1, 0.01], &mut y);
    assert!((y[0] - 11.23).abs() < 1e-14 && (y[1] - 24.56).abs() < 1e-14, "{y:?}");
    // And written with the same numbers: the header is JSON, padded by blanks.
    let p32: Vec<f32> = p.iter().map(|&p| p as f32).collect();
    let bytes = mlp.to_safetensors(&p32).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = core::str::from_utf8(&bytes[8..8 + length]).unwrap();
    assert!(header.contains(r#""layers.0.weight":{"dtype":"F32","shape":[2,3]"#), "{header}");
    assert!(header.contains(r#""hidden":"tanh""#) && header.contains(r#""output":"identity""#));
    assert_eq!(bytes[8 + length..], numbers);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let good = f32s(&[1.0; 8]);
    let read = |header: &str, numbers: &[u8]| {
        Mlp::from_safetensors::<f64>(&by_hand(header, numbers)).map(|_| ())
    };
    assert!(read(LINE, &good).is_ok());
    let with = |from: &str, to: &str| read(&LINE.replace(from, to), &good);
    assert!(problem(with("\"hidden\":\"tanh\",", ""), "hidden", "do not name"));
    assert!(problem(with("tanh", "mish"), "hidden", "`mish`"));
    assert!(problem(with("identity", "softmax"), "output", "`softmax`"));
    assert!(problem(with("0.bias", "0.offset"), "layers.0.bias", "no such tensor"));
    assert!(problem(with("layers.0.weight", "w"), "layers.0.weight", "no such tensor"));
    assert!(problem(with("[2,3]", "[6]"), "layers.0.weight", "[outputs, inputs]"));
    assert!(problem(with("[2,3]", "[3,2]"), "layers.0.bias", "[2], but [3] is needed"));
    assert!(problem(with("[2,3]", "[2,4]"), "header", "shape"));
    assert!(problem(with("F32", "I32"), "layers.0.weight", "not F32 or F64"));
    assert!(problem(read(LINE, &good[1..]), "header", "incomplete"));
    assert!(problem(read("{]", &good), "header", "JSON"));
    assert!(problem(read("\u{feff}", &[]), "header", "JSON"));
    for bad in [f32::NAN, f32::NEG_INFINITY] {
        let mut numbers = [1.0; 8];
        numbers[3] = bad;
        assert!(problem(read(LINE, &f32s(&numbers)), "layers.0.weight", "number 1 is"));
    }
    let more =
        LINE.replace("}}", r#"},"extra":{"dtype":"F32","shape":[0],"data_offsets":[32,32]}}"#);
    assert!(problem(read(&more, &good), "extra", "no part"));
    let gap = LINE.replace("[2,3]", "[0,3]").replace("[8,32]", "[8,8]");
    let error = read(&gap, &good[..8]).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ZeroWidth { layer: 1 });
    let second = LINE.replace(
        "}}",
        r#"},"layers.1.weight":{"dtype":"F32","shape":[1,5],"data_offsets":[32,52]}}"#,
    );
    assert!(problem(read(&second, &f32s(&[1.0; 13])), "layers.1.weight", "5 inputs"));
    // Larger than any memory.
    let vast = [vec![0xff; 8], good.clone()].concat();
    assert!(problem(Mlp::from_safetensors::<f64>(&vast).map(|_| ()), "header", "large"));

    let (mlp, mut p) = model();
    let error = mlp.to_safetensors(&p[1..]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Length { argument: "p", .. }));
    p[7] = f64::INFINITY;
    let error = mlp.to_safetensors(&p).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NonFinite { index: 7, .. }));
}

#[test]
fn every_file_that_is_cut_off_is_refused() {
    let (mlp, p) = model();
    let bytes = mlp.to_safetensors(&p).unwrap();
    for length in 0..bytes.len() {
        assert!(problem(Mlp::from_safetensors::<f64>(&bytes[..length]).map(|_| ()), "header", ""));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Corrupted bytes give an error, or a network that is whole and finite.
    #[test]
    fn corrupted_files_never_panic(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let (mlp, p) = model();
        let mut bytes = mlp.to_safetensors(&p).unwrap();
        for (place, byte) in flips {
            let place = place.index(bytes.len());
            bytes[place] ^= byte;
        }
        if let Ok((mlp, p)) = Mlp::from_safetensors::<f64>(&bytes) {
            prop_assert!(p.len() == mlp.num_params() && p.iter().all(|p| p.is_finite()));
        }
    }

    #[test]
    fn random_headers_never_panic(text in r#"[\{\}\[\]"a-z0-9:,._]{0,80}"#, numbers: Vec<u8>) {
        prop_assert!(Mlp::from_safetensors::<f32>(&by_hand(&text, &numbers)).is_err());
    }
}
