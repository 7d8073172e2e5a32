// definition_site: where in a definition a message is about.
//
// A value; any thread. Its strings are borrowed.

#ifndef SPRINGBOARD_V8_GLUE_DEFINITION_SITE_H_
#define SPRINGBOARD_V8_GLUE_DEFINITION_SITE_H_

#include <string>
#include <string_view>

namespace springboard::glue {

// Put into words only when there is a message.
struct DefinitionSite {
  static constexpr int kWhole = -1;
  static constexpr int kResult = -2;

  std::string_view symbol;  // "symbol 'add'", or nothing
  int parameter = kWhole;   // an index, or one of the above

  // ", field 'leaf'" and the like may follow.
  std::string At(const std::string& message, std::string_view field = {}) const {
    std::string text;
    const auto append = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (!symbol.empty()) append(std::string(symbol));
    if (parameter >= 0) append("parameter " + std::to_string(parameter));
    if (parameter == kResult) append("result");
    if (!field.empty()) append("field '" + std::string(field) + "'");
    return text.empty() ? message : message + ": " + text;
  }
};

}  // namespace springboard::glue

#endif  // SPRINGBOARD_V8_GLUE_DEFINITION_SITE_H_
