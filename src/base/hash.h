// Hashes whose values may be persisted: the same on every machine and in every release.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace saga {

// FNV-1a, finished with a strong mixer: for spreading ids over shards and for jitter. Not against
// adversaries.
std::uint64_t StableHash(std::string_view bytes, std::uint64_t seed = 0);

// HMAC-SHA-256: 32 bytes that only who has the key can make.
std::string HmacSha256(std::string_view key, std::string_view bytes);
// Takes as long for a wrong first byte as for a wrong last one.
bool EqualInConstantTime(std::string_view a, std::string_view b);

// SHA-256 as 64 lower-case hex digits: for digests of definitions and of start bodies.
std::string Sha256Hex(std::string_view bytes);

}  // namespace saga
