//! Names of payers in five languages, and ibans, for planted data.

#![allow(clippy::unwrap_used, reason = "planted data is made of constants")]

use super::Random;

const SPANISH: (&[&str], &[&str]) = (
    &[
        "Ana",
        "José",
        "María",
        "Íñigo",
        "Begoña",
        "Jesús",
        "Lucía",
        "Ramón",
        "Concepción",
        "Andrés",
        "Inés",
        "Martín",
        "Ángel",
        "Rocío",
        "Joaquín",
        "Nuria",
        "Álvaro",
        "Pilar",
        "Raúl",
        "Mónica",
        "María José",
        "José Luis",
        "Juan Carlos",
    ],
    &[
        "García",
        "Muñoz",
        "Ibáñez",
        "Núñez",
        "López",
        "Pérez",
        "Sánchez",
        "de la Fuente",
        "del Río",
        "Ruiz",
        "Gómez",
        "Fernández",
        "Álvarez",
        "Rodríguez",
        "Castaño",
        "Peña",
        "Vázquez",
        "Ortiz",
        "Marín",
        "Iglesias",
        "Zúñiga",
        "Cañizares",
        "Belmonte",
        "Herrero",
        "Quiñones",
        "Otero",
        "Salvatierra",
        "Ugarte",
        "Echeverría",
        "Tébar",
    ],
);
const LATIN: (&[&str], &[&str]) = (
    &[
        "Yuliana",
        "Brayan",
        "Wilmer",
        "Daniela",
        "Luis Alberto",
        "Ximena",
        "Jhon",
        "Karen",
        "Óscar",
        "Milagros",
        "Fabián",
        "Soledad",
        "Edwin",
        "Marisol",
        "Gustavo",
        "Yolanda",
        "Rubén",
        "Paola",
    ],
    &[
        "Quispe",
        "Mamani",
        "Huamán",
        "Cárdenas",
        "Rojas",
        "Vargas",
        "Castillo",
        "Restrepo",
        "Zapata",
        "Ospina",
        "Arango",
        "Choque",
        "Flores",
        "Montenegro",
        "Villalobos",
        "Bustamante",
        "Peralta",
        "Cisneros",
        "Guzmán",
        "Ávila",
        "Londoño",
    ],
);
const PORTUGUESE: (&[&str], &[&str]) = (
    &[
        "João",
        "Conceição",
        "Antônio",
        "Luís",
        "Inês",
        "Gonçalo",
        "Vitória",
        "Tomás",
        "Raimundo",
        "Lourdes",
        "Caetano",
    ],
    &[
        "da Silva",
        "dos Santos",
        "de Souza",
        "Conceição",
        "Araújo",
        "Guimarães",
        "Magalhães",
        "Simões",
        "Brandão",
        "Falcão",
        "Moreira",
        "Ribeiro",
        "Carvalho",
        "Assunção",
    ],
);
const GERMAN: (&[&str], &[&str]) = (
    &[
        "Jürgen",
        "Björn",
        "Käthe",
        "Günther",
        "Sönke",
        "Anneliese",
        "Wolfgang",
        "Brigitte",
        "Uwe",
        "Heike",
        "Matthias",
    ],
    &[
        "Müller",
        "Größmann",
        "von der Heide",
        "Schäfer",
        "Köhler",
        "Weiß",
        "Krüger",
        "Böhm",
        "Jäger",
        "Zimmermann",
        "Vogel",
        "zu Putlitz",
        "Lüdenscheidt",
    ],
);
const FRENCH: (&[&str], &[&str]) = (
    &[
        "Hélène",
        "François",
        "Cédric",
        "Noémie",
        "Jérôme",
        "Agnès",
        "Benoît",
        "Gaëlle",
        "Thérèse",
        "Loïc",
        "Maëlys",
    ],
    &[
        "Lefèvre",
        "de la Tour",
        "L'Écuyer",
        "Béranger",
        "du Plessis",
        "Garçon",
        "Chénier",
        "Rémy",
        "Leclercq",
        "Gauthier",
    ],
);
const COMPANIES: (&[&str], &[&str]) = (
    &[
        "Importaciones Duero",
        "Café Ñandú",
        "Construções Lima",
        "Bäckerei Ühle",
        "Maison Rémy",
        "Talleres Peña",
        "Logística Andina",
        "Frutas Ibáñez",
        "Mercado Güell",
        "Atelier Chénier",
        "Hofmann Möbel",
        "Servicios Quilla",
    ],
    &[
        "S.L.", "SL", "S.A.", "GmbH", "Ltda.", "S.A.R.L.", "S.L.U.", "Lda", "SAS", "S. L.",
    ],
);

/// A name, with its surnames apart.
pub(crate) fn name(random: &mut Random) -> String {
    let of = |random: &mut Random, (first, last): (&[&str], &[&str]), surnames: usize| {
        let mut name = (*random.pick(first)).to_owned();
        for _ in 0..surnames {
            name.push(' ');
            name.push_str(random.pick::<&str>(last));
        }
        name
    };
    match random.below(20) {
        0..=8 => of(random, SPANISH, 2),
        9..=12 => of(random, LATIN, 2),
        13..=14 => of(random, PORTUGUESE, 2),
        15..=16 => of(random, GERMAN, 1),
        17 => of(random, FRENCH, 1),
        _ => {
            let number = random.below(900) + 100;
            let (first, forms) = COMPANIES;
            format!("{} {number} {}", random.pick(first), random.pick(forms))
        }
    }
}

/// A valid Spanish IBAN.
pub(crate) fn iban(random: &mut Random) -> String {
    let account: String = (0..20)
        .map(|_| char::from(b'0' + u8::try_from(random.below(10)).unwrap()))
        .collect();
    // `ES` and check digits, as numbers, behind the account.
    let rest = account
        .bytes()
        .chain(*b"142800")
        .fold(0, |rest, digit| (rest * 10 + u64::from(digit - b'0')) % 97);
    format!("ES{:02}{account}", 98 - rest)
}

/// The name as a bank gives it: capitals without accents, and perhaps the surnames first.
pub(crate) fn as_bank(random: &mut Random, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            'á' | 'ã' | 'à' | 'â' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ï' | 'î' => 'i',
            'ó' | 'õ' | 'ô' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            'Á' => 'A',
            'É' => 'E',
            'Í' => 'I',
            'Ó' => 'O',
            other => other,
        })
        .collect();
    let capitals = plain.to_uppercase();
    let words: Vec<&str> = capitals.split(' ').collect();
    if words.len() == 3 && random.below(3) == 0 && !capitals.contains('.') {
        return format!("{} {}, {}", words[1], words[2], words[0]);
    }
    capitals
}

/// The name shortened: an initial, the second surname missing, or cut at a field's end.
pub(crate) fn similar(random: &mut Random, name: &str) -> String {
    let bank = as_bank(random, name).replace(',', "");
    let words: Vec<&str> = bank.split(' ').collect();
    match random.below(3) {
        0 if words.len() > 2 => words[..words.len() - 1].join(" "),
        1 if words.len() > 2 => format!("{}. {}", words[0].chars().next().unwrap(), words[1..].join(" ")),
        _ => bank.chars().take(bank.chars().count().max(24) - 2).collect(),
    }
}
