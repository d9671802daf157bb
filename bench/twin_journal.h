// The twin's writes: what sagad writes for the same saga, without any of its meaning.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace saga::bench {

// One turn of one saga.
struct TwinEntry {
  std::string saga;
  bool start = false;
  bool end = false;
  std::string record;   // About the bytes of the records of the turn.
  std::string history;  // With the end.
};

// Threads: one.
class TwinJournal {
 public:
  explicit TwinJournal(const std::string& conninfo);
  ~TwinJournal();
  // One autocommitted statement, one round trip.
  void Append(const std::vector<TwinEntry>& batch);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace saga::bench
