//! Limits over quarters and in other currencies, webhooks that are sent again, and what a state file is told.

use std::time::Duration;

use cryptopocket_types::Decimal;

use super::Integration;
use crate::catalogue::{Outage, find_asset, find_method};
use crate::clock::Speed;
use crate::command::Command;
use crate::engine::{Changes, Engine};
use crate::moment::Moment;
use crate::records::{BankCredit, Customer, Order, Payment};
use crate::scenario::NewCustomer;
use crate::settings::Settings;
use crate::store::Table;
use crate::wire::Failure;

/// An engine whose clock stands still, and its verified customer.
fn engine() -> (Engine, u64) {
    let mut settings = Settings::new(1);
    settings.speed = Speed::Manual;
    let mut engine = Engine::with(settings);
    let ana = NewCustomer {
        email: "ana+approved@example.com".to_owned(),
        name: "Ana".to_owned(),
        ..NewCustomer::default()
    };
    let id = engine.tenant(0).register(ana).unwrap().id;
    (engine, id)
}

fn order(user: u64, (kind, fiat): (&str, &'static str), amount: &str, guided: bool) -> Order {
    Order {
        guided,
        user,
        external_id: None,
        method: find_method(kind).unwrap(),
        fiat_amount: amount.parse().unwrap(),
        fiat,
        asset: find_asset("USDC", "polygon"),
        wallet: (!guided).then(|| "0x52908400098527886e0f7030069857d2e4169ee7".to_owned()),
        callback_url: None,
    }
}

fn customer(engine: &Engine, id: u64) -> &Customer {
    engine.customer(id).unwrap().1
}

#[test]
fn choice_for_an_old_order_keeps_this_quarter() {
    let (mut engine, ana) = engine();
    let old = order(ana, ("card", "EUR"), "500", true);
    let old = engine.tenant(0).create_payment(old).unwrap().id.clone();
    engine.advance(Duration::from_secs(100 * 86_400));
    let new = order(ana, ("card", "EUR"), "2900", false);
    engine.tenant(0).create_payment(new).unwrap();
    let spent = customer(&engine, ana).by_card;
    for kind in ["psd2", "card"] {
        let chosen = engine.execute(Command::ChooseMethod {
            payment: old.clone(),
            payment_type: kind.to_owned(),
            wallet: None,
        });
        chosen.unwrap();
        assert_eq!(customer(&engine, ana).by_card, spent, "{kind}");
    }
    let more = order(ana, ("card", "EUR"), "200", false);
    let refused = engine.tenant(0).create_payment(more).map(drop);
    assert_eq!(refused, Err(Failure::Code("limit_exceded")));
}

#[test]
fn no_two_payments_have_one_concept() {
    let (mut engine, ana) = engine();
    let transfer = || order(ana, ("transfer", "EUR"), "25", false);
    let first = engine.tenant(0).create_payment(transfer()).unwrap().id.clone();
    // The concept that the stream of randomness gives the next transfer, after its id.
    let mut ahead = engine.provider.entropy.clone();
    ahead.alphanumeric(25);
    let taken = ahead.concept();
    let payments = &mut engine.tenant(0).own.payments;
    payments.change(&first, |payment| payment.concept = Some(taken));
    let mut tenant = engine.tenant(0);
    let second = tenant.create_payment(transfer()).unwrap();
    assert!(second.concept.is_some_and(|concept| concept != taken));
}

#[test]
fn minimum_is_the_one_that_methods_show() {
    let (mut engine, ana) = engine();
    let minimum = engine.provider.min_purchase("CLP");
    assert_eq!(minimum.to_string(), "10410");
    let mut create = |amount| {
        let order = order(ana, ("KHIPU", "CLP"), amount, false);
        engine.tenant(0).create_payment(order).map(drop)
    };
    assert!(matches!(
        create("10409.99"),
        Err(Failure::Explained("min_purchase", _))
    ));
    assert_eq!(create("10410"), Ok(()));
}

#[test]
fn webhook_sent_again_by_hand_is_not_retried_too() {
    let (mut engine, ana) = engine();
    let own = engine.tenant(0).own;
    own.subscriptions
        .insert("PAY_IN".to_owned(), "http://receiver/".to_owned());
    let card = order(ana, ("card", "EUR"), "25", false);
    let payment = engine.tenant(0).create_payment(card).unwrap().id.clone();
    let (holder, wallet) = (None, None);
    engine
        .execute(Command::Pay {
            payment,
            holder,
            wallet,
        })
        .unwrap();
    let first = engine.take_webhooks();
    engine.webhook_answered(&first[0], Ok((500, String::new())));
    engine.execute(Command::Redeliver { delivery: 1 }).unwrap();
    let again = engine.take_webhooks();
    assert_eq!(again.len(), 1);
    engine.webhook_answered(&again[0], Ok((204, String::new())));
    engine.advance(Duration::from_secs(86_400));
    assert!(engine.take_webhooks().is_empty());
}

#[test]
fn only_the_changed_integration_is_written() {
    let (mut engine, _) = engine();
    engine.execute(Command::AddIntegration).unwrap();
    engine.persist(false);
    engine.changes();
    let api_key = Some(engine.integrations()[1].key.clone());
    let payment_type = "card".to_owned();
    for command in [
        Command::SetWhitelisted {
            listed: false,
            api_key: api_key.clone(),
        },
        Command::BarMethod {
            payment_type,
            barred: true,
            api_key: api_key.clone(),
        },
        Command::SetOutage {
            part: Outage::Gateway,
            down: true,
            api_key: api_key.clone(),
        },
        Command::CreditBank {
            credit: BankCredit::new("1.00".parse().unwrap()),
            api_key: api_key.clone(),
        },
    ] {
        engine.execute(command.clone()).unwrap();
        let written = engine.changes().records.into_iter().map(|(name, _)| name);
        let written: Vec<String> = written.filter(|name| name.starts_with("integration/")).collect();
        assert_eq!(written, ["integration/0000000001"], "{command:?}");
    }
    engine.execute(Command::AddIntegration).unwrap();
    let added = engine.changes().records.into_iter();
    let mut added = added.map(|(name, _)| name);
    assert!(added.any(|name| name == "integration/0000000002"));
}

#[test]
fn refused_call_writes_nothing() {
    let (mut engine, ana) = engine();
    let most = order(ana, ("card", "EUR"), "2900", false);
    engine.tenant(0).create_payment(most).unwrap();
    engine.persist(false);
    engine.changes();
    for (user, code) in [(ana, "limit_exceded"), (ana + 1, "user_not_found")] {
        let refused = order(user, ("card", "EUR"), "200", false);
        let refused = engine.tenant(0).create_payment(refused).map(drop);
        assert_eq!(refused, Err(Failure::Code(code)));
        assert_eq!(engine.changes(), Changes::default(), "{code}");
    }
}

fn list(size: u64) -> Table<String, Payment> {
    let mut list = Table::default();
    for number in 1..=size {
        let id = format!("item-{number}");
        list.insert(
            id.clone(),
            Payment {
                id,
                external_id: number.is_multiple_of(3).then(|| "third".to_owned()),
                user: number,
                guided: false,
                method: find_method("card").unwrap(),
                status: if number.is_multiple_of(2) { "even" } else { "odd" }.to_owned(),
                fiat_amount: Decimal::ONE,
                fiat: "EUR".to_owned(),
                asset: find_asset("USDC", "polygon").unwrap(),
                coin_amount: Decimal::ONE,
                wallet: None,
                holder: None,
                txid: None,
                concept: None,
                callback_url: None,
                created_at: Moment::from_micros(i64::try_from(number).unwrap()),
            },
        );
    }
    list
}

/// The numbers on a page and the total.
fn page(
    list: &Table<String, Payment>,
    (external_id, status): (Option<&str>, Option<&str>),
    span: std::ops::Range<i64>,
    page: (usize, usize),
) -> (Vec<u64>, usize) {
    // Payment number 1 is at index 0 and was created at microsecond 1.
    let bound = |index: i64| Moment::from_micros(index + 1);
    let period = bound(span.start)..bound(span.end);
    let span = list.span(&period, |payment| payment.created_at);
    let values = [("external_id", external_id), ("status", status)];
    let values = values.map(|(name, value)| (name, value.map(str::to_owned)));
    let page = list.page_with(page, span, values);
    (page.items.iter().map(|one| one.user).collect(), page.total)
}

#[test]
fn status_filter_follows_changes() {
    let mut list = list(7);
    assert_eq!(page(&list, (None, Some("odd")), 0..7, (2, 2)), (vec![3, 1], 4));
    list.change("item-3", |payment| "even".clone_into(&mut payment.status));
    assert_eq!(list.get("item-3").unwrap().status, "even");
    assert_eq!(page(&list, (None, Some("odd")), 0..7, (1, 9)).0, [7, 5, 1]);
    assert_eq!(page(&list, (None, Some("even")), 1..6, (1, 9)).0, [6, 4, 3, 2]);
    assert_eq!(page(&list, (None, Some("none")), 0..7, (1, 9)).1, 0);
    assert!(
        page(&list, (None, Some("odd")), 0..7, (usize::MAX, 9))
            .0
            .is_empty()
    );
}

#[test]
fn external_id_filter_finds_all_that_share_it() {
    let list = list(10);
    assert_eq!(page(&list, (Some("third"), None), 0..10, (1, 2)), (vec![9, 6], 3));
    assert_eq!(page(&list, (Some("third"), Some("odd")), 0..10, (1, 9)).0, [9, 3]);
    assert_eq!(page(&list, (Some("third"), None), 3..8, (1, 9)).0, [6]);
    assert_eq!(page(&list, (Some("fourth"), None), 0..10, (1, 9)).1, 0);
    let own = Integration {
        payments: list,
        ..Integration::default()
    };
    assert_eq!(own.payments_named("third").len(), 3);
    assert_eq!(own.payments_named("item-1"), ["item-1"]);
}
