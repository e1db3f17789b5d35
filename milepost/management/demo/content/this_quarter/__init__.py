"""The running quarter, in its ninth week."""

from milepost.management.demo.content.this_quarter import bakehouse, customers, engine_room

OBJECTIVES = bakehouse.OBJECTIVES + customers.OBJECTIVES + engine_room.OBJECTIVES
