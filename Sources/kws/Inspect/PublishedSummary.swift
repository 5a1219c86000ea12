// SPDX-License-Identifier: GPL-3.0-or-later

import Interchange
import ModelFormat

/// What `kws inspect` shows of a `net.config`: the published network and our causal form of it.
struct PublishedSummary {
  var config: NetConfig
  var published: PublishedCost
  var causal: ArchitectureSummary

  /// - Parameter name: of the causal form.
  init(_ config: NetConfig, name: String, coefficientCount: Int) throws(InterchangeError) {
    self.config = config
    published = try config.publishedCost(coefficientCount: coefficientCount)
    do throws(ArchitectureError) {
      causal = try ArchitectureSummary(
        config.architecture(name: name, coefficientCount: coefficientCount))
    } catch { throw .architecture(error) }
  }

  private var activeBlockCount: Int { config.network.blocks.count { $0 != nil } }

  /// Lines for a person.
  var lines: [String] {
    var forms = Table(header: ["form", "frames", "weights", "parameters", "MAC/window", "MAC/s"])
    forms.add([
      "published", "\(PublishedCost.frameCount)", "\(published.weightCount)",
      "\(published.parameterCount)", "\(published.mac)", "-",
    ])
    forms.add([
      "its code counts", "\(PublishedCost.frameCount)", "-",
      "\(published.countedTwiceParameterCount)", "\(published.macWithStemRoundedDown)", "-",
    ])
    forms.add([
      "causal", "\(causal.architecture.windowFrameCount)", "\(causal.weightCount)",
      "\(causal.parameterCount)", "\(causal.macPerWindow)",
      causal.macPerSecond.map { fixed($0, decimals: 0) } ?? "-",
    ])
    return [
      "network       \(causal.architecture.name), \(activeBlockCount) of "
        + "\(config.network.blocks.count) blocks, \(causal.architecture.coefficientCount) "
        + "coefficients, \(config.labelCount) classes",
      "published     centred frames, every layer sees both sides, columns rounded up; its code "
        + "counts",
      "              every weight twice and the stem's columns rounded down",
      "causal        our form: a layer sees no later frame, columns rounded down; MAC/s at hop "
        + "\(causal.hopLength ?? 0)",
      "",
    ] + forms.lines + ["", "layers of the causal form:"] + causal.table.lines
  }

  /// One JSON object on one line.
  var json: String {
    var form = JSONLine()
    form.add("frames", PublishedCost.frameCount)
    form.add("weights", published.weightCount)
    form.add("parameters", published.parameterCount)
    form.add("macPerWindow", published.mac)
    form.add("parametersAsItsCodeCounts", published.countedTwiceParameterCount)
    form.add("macAsItsCodeCounts", published.macWithStemRoundedDown)
    var object = JSONLine()
    object.add("network", causal.architecture.name)
    object.add("blocks", config.network.blocks.count)
    object.add("activeBlocks", activeBlockCount)
    object.add("published", json: form.text)
    object.add("causal", json: causal.json)
    return object.text
  }
}
