// Errors of calls to sagad: from the wire to words.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <vector>

#include "admin/paint.h"
#include "base/status.h"
#include "saga/v1/definition_service.pb.h"

namespace saga::admin {

// The code, the ErrorInfo reason and metadata, and the field violations of `status`. A call that
// never reached a sagad has the reason UNREACHABLE, one that took too long TIMED_OUT.
Status FromGrpc(const grpc::Status& status, const std::string& server);

// What the server found wrong with a definition: its violations are at "source:LINE:COLUMN".
std::vector<v1::Diagnostic> DiagnosticsOf(const Status& status);

// The command line itself is wrong.
Status UsageError(std::string message);
// A person answered a question with no.
Status Declined();

struct ErrorLayout {
  std::string argv0;  // For commands that are proposed.
  std::size_t width = 0;
};
// "error: refused, … exit 5" and what may help, in several lines.
std::string RenderError(const Status& status, const ErrorLayout& layout, const Paint& paint);

}  // namespace saga::admin
