//! Limits over quarters and in other currencies, webhooks that are sent again, and what a state file is told.

use std::time::Duration;

use crate::catalogue::Outage;
use crate::catalogue::find_method;
use crate::clock::Speed;
use crate::command::Command;
use crate::engine::{Changes, Engine};
use crate::records::{BankCredit, Customer, Order};
use crate::scenario::NewCustomer;
use crate::settings::Settings;
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
        coin: "USDC".to_owned(),
        chain: None,
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
    engine.tenant(0).own.payments.set_concept(&first, taken);
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
