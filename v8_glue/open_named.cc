// open_named: see open_named.h.

#include "v8_glue/open_named.h"

#include <utility>
#include <vector>

#include "v8_glue/environment.h"
#include "v8_glue/error.h"
#include "v8_glue/library_search.h"
#include "v8_glue/words.h"

namespace springboard::glue {

bool ReadOpenFlags(Environment& environment, v8::Local<v8::Object> options,
                   NativeLibrary::Flags* flags) {
  v8::Isolate* isolate = environment.isolate();
  const v8::Local<v8::Context> context = environment.context();
  v8::Local<v8::Value> value;
  if (!environment.words().ReadOwn(context, options, Word::kFlags, &value)) return false;
  if (value->IsNullOrUndefined()) return true;
  const auto refuse = [&](const std::string& message) {
    ThrowTypeError(isolate, message + ": options, field 'flags'");
    return false;
  };
  if (!value->IsArray()) {
    return refuse("invalid type: " + Describe(isolate, value) + ", expected an array of flags");
  }
  const v8::Local<v8::Array> names = value.As<v8::Array>();
  bool lazy = false;
  for (uint32_t i = 0; i < names->Length(); ++i) {
    v8::Local<v8::Value> item;
    if (!names->Get(context, i).ToLocal(&item)) return false;
    if (!item->IsString()) {
      return refuse("invalid type: " + Describe(isolate, item) + ", expected the name of a flag");
    }
    const std::string name = Utf8(isolate, item);
    bool* flag = name == "lazy"       ? &lazy
                 : name == "now"      ? &flags->now
                 : name == "global"   ? &flags->global
                 : name == "nodelete" ? &flags->nodelete
                                      : nullptr;
    if (flag == nullptr) {
      return refuse("unknown flag '" + name +
                    "', expected one of 'now', 'lazy', 'global', 'nodelete'");
    }
    *flag = true;
  }
  return !(lazy && flags->now) || refuse("a library is opened either 'lazy' or 'now'");
}

std::optional<NativeLibrary> OpenNamed(Environment& environment, const std::string& path,
                                       NativeLibrary::Flags flags) {
  v8::Isolate* isolate = environment.isolate();
  StatusOr<NativeLibrary> opened = NativeLibrary::Open(path, flags);
  if (opened.ok()) return *std::move(opened);
  std::string message = "Could not open library: " + opened.status().message();
  if (IsBareName(path)) {
    const std::vector<std::string> directories = LibraryDirectories();
    std::string tried;
    for (const std::string& file : LibraryFiles(directories, path)) {
      if (!environment.policy().AllowsLibrary(file)) {
        ThrowNotCapable(environment, file);
        return std::nullopt;
      }
      opened = NativeLibrary::Open(file, flags);
      if (opened.ok()) return *std::move(opened);
      tried += "; " + opened.status().message();
    }
    message += tried + "; looked for lib" + path + ".so and lib" + path + ".so.N in";
    for (const std::string& directory : directories) message += " " + directory;
  }
  ThrowError(isolate, message);
  return std::nullopt;
}

}  // namespace springboard::glue
