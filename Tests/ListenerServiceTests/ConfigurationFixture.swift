// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import ListenerService

/// A configuration file that is gone when its owner is.
final class ConfigurationFixture {
  let path = FileManager.default.temporaryDirectory.path + "/kws-\(UUID().uuidString).toml"

  init(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: path)) }

  convenience init(_ text: String) throws { try self.init(Array(text.utf8)) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The layers with this file alone.
  var layers: ConfigurationLayers {
    var layers = ConfigurationLayers()
    layers.addFile(path)
    return layers
  }

  /// The file's only mistake, with its place as `line:column`.
  var mistake: (place: String, field: String, fact: ConfigurationFact)? {
    mistakes.count == 1 ? mistakes[0] : nil
  }

  var mistakes: [(place: String, field: String, fact: ConfigurationFact)] {
    do throws(ConfigurationError) {
      _ = try layers.resolve(isService: false)
      return []
    } catch {
      return error.mistakes.map { mistake in
        guard case .file(path, let position) = mistake.origin else {
          return ("", mistake.field, mistake.fact)
        }
        let place = position.map { "\($0.line):\($0.column)" } ?? ""
        return (place, mistake.field, mistake.fact)
      }
    }
  }
}
