// SPDX-License-Identifier: GPL-3.0-or-later

extension SettingKind {
  /// The setting's value in `found`, a value of a file; nil after `report` was called for every
  /// mistake in it.
  func value(
    _ found: TOMLDocument.Value, report: (TextPosition, ConfigurationFact) -> Void
  ) -> SettingValue? {
    do throws(ConfigurationFact) {
      return switch (self, found.content) {
      case (.text, .string(let text)), (.path, .string(let text)), (.choice, .string(let text)):
        .text(try checked(text))
      case (.boolean, .boolean(let value)): .boolean(value)
      case (.integer, .integer(let value)): try self.value("\(value)")
      case (.number, .integer(let value)): try self.value("\(value)")
      case (.number, .float(let value)): .number(try inRange(value))
      case (.ratio, .boolean(let value)): .ratio(value ? .on : .off)
      case (.ratio, .integer(let value)): .ratio(.number(try inRange(Double(value))))
      case (.ratio, .float(let value)): .ratio(.number(try inRange(value)))
      case (.command, .array(let elements)) where elements.isEmpty: throw .empty(expected: self)
      case (.command, .array(let elements)): words(elements, report).map(SettingValue.command)
      case (.thresholds, .array(let elements)): thresholds(elements, report)
      case (.thresholds, _): .thresholds([try threshold(found)])
      default: throw .type(expected: self, found: found.content.kind)
      }
    } catch {
      report(found.position, error)
      return nil
    }
  }

  private func inRange(_ value: Double) throws(ConfigurationFact) -> Double {
    switch self {
    case .number(let range), .ratio(let range), .thresholds(let range):
      guard range.contains(value) else { throw .outOfRange(expected: self, found: "\(value)") }
    default: break
    }
    return value
  }

  private func threshold(_ found: TOMLDocument.Value) throws(ConfigurationFact) -> ThresholdSetting
  {
    switch found.content {
    case .string(let text): return try threshold(text)
    case .integer(let value): return ThresholdSetting(value: Float(try inRange(Double(value))))
    case .float(let value): return ThresholdSetting(value: Float(try inRange(value)))
    default: throw .type(expected: self, found: found.content.kind)
    }
  }

  private func thresholds(
    _ elements: [TOMLDocument.Value], _ report: (TextPosition, ConfigurationFact) -> Void
  ) -> SettingValue? {
    var thresholds: [ThresholdSetting] = []
    for element in elements {
      do throws(ConfigurationFact) {
        thresholds.append(try threshold(element))
      } catch {
        report(element.position, error)
      }
    }
    return thresholds.count == elements.count ? .thresholds(thresholds) : nil
  }

  private func words(
    _ elements: [TOMLDocument.Value], _ report: (TextPosition, ConfigurationFact) -> Void
  ) -> [String]? {
    var words: [String] = []
    for element in elements {
      do throws(ConfigurationFact) {
        guard case .string(let word) = element.content else {
          throw .type(expected: self, found: element.content.kind)
        }
        // Only the first word, the program, may not be empty.
        words += try command(words.isEmpty ? [word] : [words[0], word]).suffix(1)
      } catch {
        report(element.position, error)
      }
    }
    return words.count == elements.count ? words : nil
  }
}
