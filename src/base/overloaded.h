// Visiting variants with one lambda per alternative; a missing one does not compile.
#pragma once

namespace saga {

template <typename... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

}  // namespace saga
