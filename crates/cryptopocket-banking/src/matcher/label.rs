//! Words before a number in a payer's text.

/// Words that say that a reference follows, also without a space between.
#[rustfmt::skip]
const REFERENCE: &[&str] = &[
    "CODE", "CODIGO", "COD", "CONC", "CONCEPT", "CONCEPTO", "CONCEITO", "CPTO", "CTO", "EREF", "ID", "KREF",
    "LIBELLE", "MOTIF", "MOTIVO", "OP", "OPERACION", "OPERACAO", "ORDEN", "ORDER", "PAGO", "PAGAMENTO",
    "PAIEMENT", "PAY", "PAYMENT", "REF", "REFERENCE", "REFERENCIA", "REFERENZ", "RFB", "ROC", "SVWZ",
    "TRANSFERENCIA", "TRANSF", "TRF", "URI", "VERWENDUNGSZWECK", "VWZ", "ZAHLUNG", "ZWECK",
];

/// Words that say that another number follows.
#[rustfmt::skip]
const FOREIGN: &[&str] = &[
    "APARTAMENTO", "BESTELLUNG", "CEDULA", "CLIENTE", "COMMANDE", "CONTRATO", "CPF", "CUIT", "CURP", "DNI",
    "EXPEDIENTE", "FACTURA", "FACTURE", "FATURA", "INV", "INVOICE", "KUNDENNUMMER", "MATRICULA", "MOVIL", "NIE",
    "NIF", "PASAPORTE", "PEDIDO", "PISO", "POLIZA", "RECHNUNG", "RECIBO", "RUT", "TEL", "TELEFONO", "TICKET",
    "TLF",
];

/// Words for "number", which say nothing about whose number follows.
const NUMBER: &[&str] = &["DE", "N", "NO", "NR", "NRO", "NUM", "NUMBER", "NUMERO", "NUMMER"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// `REF`, `CONCEPTO`, …
    Reference,
    /// `INVOICE`, `TEL`, …
    Foreign,
    /// `NUMBER`, …: the word before decides.
    Number,
}

impl Label {
    pub(super) fn of(word: &str) -> Option<Self> {
        let labels = [
            (REFERENCE, Self::Reference),
            (FOREIGN, Self::Foreign),
            (NUMBER, Self::Number),
        ];
        let mut labels = labels.into_iter();
        labels.find_map(|(words, label)| words.contains(&word).then_some(label))
    }
}
