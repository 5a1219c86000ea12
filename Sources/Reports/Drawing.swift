// SPDX-License-Identifier: GPL-3.0-or-later

/// Everything that can be drawn.
package enum Drawing: Sendable {
  case chart(Chart)
  case histogram(Histogram)
  case bars(BarChart)
  case map(HeatMap)
  case layers(LayerDiagram)

  /// One SVG document, which follows the reader's light or dark scheme.
  package func svg() -> String {
    switch self {
    case .chart(let chart): chart.svg()
    case .histogram(let histogram): histogram.svg()
    case .bars(let bars): bars.svg()
    case .map(let map): map.svg()
    case .layers(let layers): layers.svg()
    }
  }
}
