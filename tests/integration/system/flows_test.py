"""The flagship flows, small: each with its checker, under kills and faults, and with a shop that was tampered with.

SAGA_FLOWS_SAGAS makes the runs longer than the suite has time for.
"""

import os
import re
import unittest

from system_fixture import BIN, ROOT, SystemTest

SAGAS = int(os.environ.get("SAGA_FLOWS_SAGAS", "40"))
# What a lie in the shop's tables looks like, and what the checker must say of it. {saga}: one that succeeded; {closed}: one
# that was compensated.
LIES = {
    "order-pay": (
        ("UPDATE cashier.payments SET card = 'refused' WHERE saga = '{saga}'", "every order ended as its card says"),
        ("UPDATE orders.orders SET state = 'confirmed' WHERE saga = '{closed}'", "orders are confirmed, or cancelled"),
        ("UPDATE inventory.reservations SET state = 'reserved' WHERE saga = '{closed}'", "stock left for succeeded sagas once"),
        ("UPDATE inventory.stock SET on_hand = on_hand - 1 WHERE sku = 'SKU-1'", "sold + frozen + free"),
        ("INSERT INTO cashier.refunds SELECT id, 'x', amount FROM cashier.payments WHERE saga = '{saga}'",
         "what is paid for a confirmed order is kept"),
        ("INSERT INTO cashier.refunds SELECT payment, 'x', amount FROM cashier.refunds", "what is paid for a closed order is paid back once"),
        ("UPDATE cashier.payments SET state = 'asked' WHERE card = 'late'", "every late payment came"),
        ("UPDATE cashier.outcomes SET taken = taken + 1", "every callback was taken"),
    ),
    "checkout": (
        ("UPDATE inventory.stock SET reserved = reserved + 1 WHERE sku = '{run}'", "nothing is frozen at rest"),
        ("INSERT INTO inventory.saga_barrier SELECT key, 'cancel', 'done' FROM inventory.saga_barrier WHERE operation = 'confirm'",
         "no hold was both confirmed and cancelled"),
        ("UPDATE inventory.saga_barrier SET state = 'blocked' WHERE operation = 'try' AND key LIKE '%/{saga}:%'",
         "a try that came after its cancel held nothing"),
        ("UPDATE payments.authorizations SET state = 'voided' WHERE saga = '{saga}'", "money was taken for succeeded sagas once"),
        ("DELETE FROM courier.parcels WHERE saga = '{saga}'", "a parcel left for succeeded sagas once"),
        ("INSERT INTO customers.letters VALUES ('{closed}', 'x')", "nobody was written to twice, or for nothing"),
    ),
    "post-payment": (
        ("INSERT INTO shipping.shipments (saga, order_id, country) VALUES ('{saga}', 'x', 'DE')", "every order has one shipment"),
        ("INSERT INTO customers.points SELECT * FROM customers.points WHERE saga = '{saga}'", "every order has its points once"),
        ("INSERT INTO customers.coupons VALUES ('{run}-2', 'x', 'x', 'OLD')", "good coupons were redeemed once"),
        ("UPDATE customers.point_accounts SET balance = balance + 1", "customers have the sum of their points"),
    ),
    "quote-cap-pivot": (
        ("UPDATE transfers.wallets SET balance = balance + 1 WHERE customer_id = 'cust-5'", "money is conserved"),
        ("UPDATE transfers.transfers SET state = 'sent' WHERE saga = '{saga}'", "succeeded transfers were sent once and settled"),
        ("UPDATE transfers.transfers SET returned = returned + 1 WHERE saga = '{saga}'", "customers paid what the network took"),
        ("UPDATE transfers.transfers SET fee_taken = 401 WHERE saga = '{saga}'", "nothing was sent above its cap"),
        ("UPDATE transfers.quote_checks SET expired = true WHERE saga = '{saga}'", "quote and cap held right before each broadcast"),
        ("UPDATE transfers.quote_checks SET fee = 500 WHERE saga = '{saga}'", "a price that was refused was never sent"),
    ),
}


class FlowsTest(SystemTest):
    def demo(self, flow, *arguments):
        done = self.shell(str(ROOT / "saga"), "demo", flow, "--sagas", str(SAGAS), "--no-install", *arguments)
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, rf"{flow}: {SAGAS} sagas: .*; all \d+ invariants hold")
        return re.search(rf"({flow}-\d+)-1,", done.stdout).group(1)

    def psql(self, sql):
        return self.must("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo("demo"), "-c", sql)

    def check(self, flow, run):
        return self.shell(str(BIN / "saga-demo-check"), "--sagad-database", self.conninfo("sagad"), "--database", self.conninfo("demo"),
                          "--flow", flow, "--prefix", run, "--sagas", str(SAGAS))

    # Each lie on a copy of the tables, so that each is told by its own invariant.
    def lies_are_told(self, flow, run):
        sagas = {}
        for state in ("SUCCEEDED", "COMPENSATED"):
            listed = self.must(str(ROOT / "sagactl"), "list", "--all", "-o", "ids", "--state", state).split()
            # Without those that it started: run-7.late.pay.
            of_run = [saga for saga in listed if re.fullmatch(rf"{run}-\d+", saga)]
            sagas[state] = of_run[0] if of_run else ""
        self.assertTrue(sagas["SUCCEEDED"], "nothing has succeeded")
        for lie, invariant in LIES[flow]:
            sql = lie.format(run=run, saga=sagas["SUCCEEDED"], closed=sagas["COMPENSATED"])
            table = re.match(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\S+)", sql).group(1)
            self.psql(f"CREATE TABLE public.truth AS SELECT * FROM {table}")
            self.psql(sql)
            told = self.check(flow, run)
            # The rows as they were; identities are kept.
            self.psql(f"SET session_replication_role = replica; DELETE FROM {table}; "
                      f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM public.truth; DROP TABLE public.truth")
            self.assertEqual(told.returncode, 1, f"{sql}\n{told.stdout}")
            self.assertRegex(told.stdout, rf"FAIL  {re.escape(invariant)}", sql)
        self.assertEqual(self.check(flow, run).returncode, 0, "the truth again")

    def test_order_pay_ends_as_every_card_says_though_the_server_is_killed(self):
        run = self.demo("order-pay", "--kill", "1", "--rate", "10", "--window", "12s")
        self.lies_are_told("order-pay", run)

    def test_checkout_never_sells_what_is_not_there_though_participants_fail(self):
        run = self.demo("checkout", "--stock", str(SAGAS // 2), "--chaos", "--rate", "20")
        self.lies_are_told("checkout", run)

    def test_post_payment_gives_points_once_and_never_refunds(self):
        run = self.demo("post-payment", "--chaos", "--rate", "20")
        self.lies_are_told("post-payment", run)

    def test_quote_cap_pivot_sends_nothing_above_its_cap(self):
        run = self.demo("quote-cap-pivot", "--rate", "20")
        self.lies_are_told("quote-cap-pivot", run)

    def test_wrong_arguments_are_named(self):
        for arguments, word in ((("bogus",), "bogus"), ((), "demo takes a flow"), (("order-pay", "--sagas", "many"), "--sagas"),
                                (("order-pay", "--window", "10"), "--window"), (("order-pay", "--bogus"), "--bogus")):
            wrong = self.shell(str(ROOT / "saga"), "demo", *arguments)
            self.assertEqual(wrong.returncode, 2, wrong.stdout)
            self.assertIn(word, wrong.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
