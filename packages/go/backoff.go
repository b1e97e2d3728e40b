package pgque

import (
	"context"
	"math/rand/v2"
	"time"
)

// pauses between tries grow, with jitter, so that what failed together does not return together.
type pauses struct{ first, longest, next time.Duration }

func newPauses(first, longest time.Duration) *pauses { return &pauses{first, longest, first} }

func (p *pauses) reset() { p.next = p.first }

// take gives the next pause.
func (p *pauses) take() time.Duration {
	taken := p.next/2 + rand.N(p.next/2+1)
	p.next = min(p.next*2, p.longest)
	return taken
}

func (p *pauses) wait(ctx context.Context) { pause(ctx, p.take()) }
