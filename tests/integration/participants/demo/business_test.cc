// The rules of the shop's services, by gRPC on a real PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/participants/demo/shop.h"

namespace saga::demo {
namespace {

using shop::order::v1::Orders;
using shop::pay::v1::Payments;
using shop::ship::v1::Shipping;
using shop::stock::v1::Inventory;

TEST(OrdersTest, AnOrderIsPlacedOnceConfirmedOrCancelledAndPlacedAgain) {
  Shop shop("orders");
  const auto stub = Orders::NewStub(shop.channel());
  const auto create = [&](const std::string& saga) {
    grpc::ClientContext context;
    Prepare(context, {.saga = saga, .step = "create"});
    shop::order::v1::CreateRequest request;
    request.set_order_id("o-1");
    request.set_customer_id("cust-1");
    auto* line = request.add_lines();
    line->set_sku("SKU-1");
    line->set_quantity(2);
    request.mutable_total()->set_currency("EUR");
    request.mutable_total()->set_minor_units(500);
    shop::order::v1::CreateResponse response;
    return stub->Create(&context, request, &response);
  };
  const auto cancel = [&](const std::string& saga) {
    grpc::ClientContext context;
    Prepare(context, {.saga = saga, .step = "create", .operation = "undo"});
    shop::order::v1::CancelRequest request;
    request.set_order_id("o-1");
    shop::order::v1::CancelResponse response;
    return stub->Cancel(&context, request, &response);
  };

  EXPECT_TRUE(create("s-1").ok());
  EXPECT_EQ(ReasonOf(create("s-2")), "ORDER_EXISTS");
  EXPECT_TRUE(cancel("s-2").ok());  // Rejected: nothing to take back, and not the other's order.
  EXPECT_EQ(shop.Value("SELECT state FROM orders.orders"), "pending");
  EXPECT_TRUE(cancel("s-1").ok());
  EXPECT_TRUE(create("s-3").ok());

  grpc::ClientContext confirm;
  Prepare(confirm, {.saga = "s-3", .step = "confirm", .rejectable = "0"});
  shop::order::v1::ConfirmRequest request;
  request.set_order_id("o-1");
  request.set_shipment_id("parcel-1");
  shop::order::v1::ConfirmResponse response;
  EXPECT_TRUE(stub->Confirm(&confirm, request, &response).ok());
  EXPECT_EQ(ReasonOf(cancel("s-3")), "ORDER_CONFIRMED");
  EXPECT_EQ(shop.Value("SELECT string_agg(state, ' ' ORDER BY number) FROM orders.orders"),
            "cancelled confirmed");
}

TEST(OrdersTest, ACallThatIsNoStepOfASagaIsRefused) {
  Shop shop("orders");
  const auto stub = Orders::NewStub(shop.channel());
  grpc::ClientContext context;
  shop::order::v1::CreateResponse response;

  const grpc::Status status = stub->Create(&context, {}, &response);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "IDEMPOTENCY_KEY_MISSING");
}

class InventoryTest : public testing::Test {
 protected:
  grpc::Status Reserve(const std::string& saga,
                       const std::vector<std::pair<std::string, int>>& lines) {
    grpc::ClientContext context;
    Prepare(context, {.saga = saga, .step = "reserve"});
    shop::stock::v1::ReserveRequest request;
    request.set_order_id("order-of-" + saga);
    for (const auto& [sku, quantity] : lines) {
      auto* line = request.add_lines();
      line->set_sku(sku);
      line->set_quantity(quantity);
    }
    shop::stock::v1::ReserveResponse response;
    return stub_->Reserve(&context, request, &response);
  }
  grpc::Status Release(const std::string& saga) {
    grpc::ClientContext context;
    Prepare(context, {.saga = saga, .step = "reserve", .operation = "undo"});
    shop::stock::v1::ReleaseRequest request;
    request.set_order_id("order-of-" + saga);
    shop::stock::v1::ReleaseResponse response;
    return stub_->Release(&context, request, &response);
  }
  grpc::Status Dispatch(const std::string& saga) {
    grpc::ClientContext context;
    Prepare(context, {.saga = saga, .step = "dispatch", .rejectable = "0"});
    shop::stock::v1::DispatchRequest request;
    request.set_order_id("order-of-" + saga);
    shop::stock::v1::DispatchResponse response;
    return stub_->Dispatch(&context, request, &response);
  }
  grpc::Status Adjust(const std::string& sku, int change) {
    grpc::ClientContext context;
    shop::stock::v1::AdjustStockRequest request;
    request.set_sku(sku);
    request.set_change(change);
    shop::stock::v1::AdjustStockResponse response;
    return stub_->AdjustStock(&context, request, &response);
  }
  // "on_hand reserved dispatched"
  std::string Stock(const std::string& sku) {
    grpc::ClientContext context;
    shop::stock::v1::GetStockRequest request;
    request.set_sku(sku);
    shop::stock::v1::GetStockResponse response;
    const grpc::Status status = stub_->GetStock(&context, request, &response);
    if (!status.ok()) return ReasonOf(status);
    return fmt::format("{} {} {}", response.on_hand(), response.reserved(), response.dispatched());
  }

  Shop shop_{"inventory"};
  std::unique_ptr<Inventory::Stub> stub_ = Inventory::NewStub(shop_.channel());
};

TEST_F(InventoryTest, PiecesAreReservedAndReleasedOrDispatched) {
  ASSERT_TRUE(Adjust("A", 10).ok());
  ASSERT_TRUE(Adjust("B", 10).ok());

  EXPECT_TRUE(Reserve("s-1", {{"B", 1}, {"A", 2}, {"A", 2}}).ok());
  EXPECT_EQ(Stock("A"), "10 4 0");
  EXPECT_TRUE(Release("s-1").ok());
  EXPECT_TRUE(Release("s-1").ok());
  EXPECT_EQ(Stock("A"), "10 0 0");
  EXPECT_TRUE(Reserve("s-2", {{"A", 3}}).ok());
  EXPECT_TRUE(Dispatch("s-2").ok());
  EXPECT_TRUE(Dispatch("s-2").ok());
  EXPECT_EQ(Stock("A"), "7 0 3");
  EXPECT_EQ(Stock("B"), "10 0 0");
}

TEST_F(InventoryTest, WhatCannotBeReservedIsRefusedAsAWhole) {
  ASSERT_TRUE(Adjust("A", 10).ok());

  EXPECT_EQ(ReasonOf(Reserve("s-1", {{"A", 5}, {"SKU-NONE", 1}})), "OUT_OF_STOCK");
  EXPECT_EQ(ReasonOf(Reserve("s-2", {{"A", 11}})), "OUT_OF_STOCK");
  EXPECT_EQ(ReasonOf(Reserve("s-3", {{"A", 1}, {"Z", 1}})), "SKU_UNKNOWN");
  EXPECT_EQ(ReasonOf(Reserve("s-4", {})), "LINES_INVALID");
  EXPECT_EQ(ReasonOf(Reserve("s-5", {{"A", 0}})), "LINES_INVALID");
  EXPECT_EQ(ReasonOf(Reserve("s-6", {{"A", -4}})), "LINES_INVALID");
  EXPECT_EQ(Stock("A"), "10 0 0");
  EXPECT_EQ(ReasonOf(Dispatch("s-1")), "NOT_RESERVED");
}

TEST_F(InventoryTest, AStocktakeHoldsAReleaseUpUntilItIsOver) {
  ASSERT_TRUE(Reserve("s-1", {{"SKU-7", 1}}).ok());
  shop_.SetFaults("stocktake=SKU-7");

  const grpc::Status refused = Release("s-1");
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(refused), "STOCKTAKE");
  shop_.SetFaults("up");
  EXPECT_TRUE(Release("s-1").ok());
  EXPECT_EQ(Stock("SKU-7"), "1000000 0 0");
}

TEST_F(InventoryTest, ACountCannotTakeAwayWhatIsReserved) {
  ASSERT_TRUE(Adjust("A", 5).ok());
  ASSERT_TRUE(Reserve("s-1", {{"A", 4}}).ok());
  EXPECT_EQ(ReasonOf(Adjust("A", -2)), "BELOW_RESERVED");
  EXPECT_TRUE(Adjust("A", -1).ok());
}

TEST(PaymentsTest, MoneyIsHeldCapturedOrGivenBack) {
  Shop shop("payments");
  const auto stub = Payments::NewStub(shop.channel());
  std::string authorization;
  const auto authorize = [&](const std::string& saga, const std::string& customer, int amount,
                             const char* currency = "EUR") {
    grpc::ClientContext context;
    Prepare(context, {.saga = saga, .step = "authorize"});
    shop::pay::v1::AuthorizeRequest request;
    request.set_order_id("o");
    request.set_customer_id(customer);
    request.mutable_amount()->set_currency(currency);
    request.mutable_amount()->set_minor_units(amount);
    shop::pay::v1::AuthorizeResponse response;
    const grpc::Status status = stub->Authorize(&context, request, &response);
    authorization = response.authorization_id();
    return status;
  };
  const auto capture = [&](const std::string& saga, const std::string& id) {
    grpc::ClientContext context;
    Prepare(context, {.saga = saga, .step = "capture"});
    shop::pay::v1::CaptureRequest request;
    request.set_order_id("o");
    request.set_authorization_id(id);
    shop::pay::v1::CaptureResponse response;
    return stub->Capture(&context, request, &response);
  };
  const auto account = [&] {
    return shop.Value(
        "SELECT balance || ' ' || held || ' ' || captured FROM payments.accounts "
        "WHERE customer_id = 'cust-1'");
  };

  ASSERT_TRUE(authorize("s-1", "cust-1", 700).ok());
  EXPECT_EQ(account(), "999999300 700 0");
  ASSERT_TRUE(capture("s-1", authorization).ok());
  EXPECT_EQ(account(), "999999300 0 700");
  EXPECT_EQ(ReasonOf(capture("s-9", authorization)), "NOT_HELD");

  ASSERT_TRUE(authorize("s-2", "cust-1", 300).ok());
  grpc::ClientContext context;
  Prepare(context, {.saga = "s-2", .step = "authorize", .operation = "undo"});
  shop::pay::v1::VoidRequest request;
  request.set_order_id("o");
  shop::pay::v1::VoidResponse response;
  EXPECT_TRUE(stub->Void(&context, request, &response).ok());
  EXPECT_EQ(account(), "999999300 0 700");

  EXPECT_EQ(ReasonOf(authorize("s-3", "nobody", 1)), "ACCOUNT_UNKNOWN");
  EXPECT_EQ(ReasonOf(authorize("s-4", "cust-poor", 1)), "CARD_DECLINED");
  EXPECT_EQ(ReasonOf(authorize("s-5", "cust-1", 1, "USD")), "CARD_DECLINED");
  EXPECT_EQ(ReasonOf(authorize("s-6", "cust-1", -5)), "AMOUNT_INVALID");
}

TEST(ShippingTest, ACountryThatNobodyDeliversToCanBeOpenedByAPerson) {
  Shop shop("shipping");
  const auto stub = Shipping::NewStub(shop.channel());
  std::string shipment;
  const auto ship = [&](const char* country) {
    grpc::ClientContext context;
    Prepare(context, {.step = "ship", .rejectable = "0"});
    shop::ship::v1::CreateShipmentRequest request;
    request.set_order_id("o-1");
    request.mutable_address()->set_country(country);
    shop::ship::v1::CreateShipmentResponse response;
    const grpc::Status status = stub->CreateShipment(&context, request, &response);
    shipment = response.shipment_id();
    return status;
  };
  EXPECT_EQ(ReasonOf(ship("XX")), "ADDRESS_UNDELIVERABLE");
  grpc::ClientContext context;
  shop::ship::v1::AllowCountryRequest request;
  request.set_country("XX");
  shop::ship::v1::AllowCountryResponse response;
  ASSERT_TRUE(stub->AllowCountry(&context, request, &response).ok());

  EXPECT_TRUE(ship("XX").ok());
  EXPECT_EQ(shipment, "parcel-1");
  EXPECT_TRUE(ship("XX").ok());
  EXPECT_EQ(shop.Value("SELECT count(*) FROM shipping.shipments"), "1");
}

}  // namespace
}  // namespace saga::demo
