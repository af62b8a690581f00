"""Addresses of interviews. `/brief/` is for interviewers who come from their mail, without signing in."""

from django.urls import path

from interviews.views import booking, calendar, debriefing, feedback, ideas, planning

app_name = "interviews"
urlpatterns = [
    path("interviews/", calendar.interview_list, name="list"),
    path("interviews/<int:pk>/", calendar.interview, name="interview"),
    path("interviews/<int:pk>/reschedule/", booking.reschedule, name="reschedule"),
    path("interviews/<int:pk>/cancel/", booking.cancel, name="cancel"),
    path("interviews/<int:pk>/brief/", feedback.interview_brief, name="interview_brief"),
    path("interviews/<int:pk>/scorecard/", feedback.scorecard, name="scorecard"),
    path("interviews/seats/<int:pk>/remind/", debriefing.remind, name="remind"),
    path("applications/<int:pk>/schedule/", booking.schedule, name="schedule"),
    path("applications/<int:pk>/debrief/", debriefing.debrief_page, name="debrief"),
    path("jobs/<int:pk>/interviews/", planning.plan_page, name="plan"),
    path("jobs/<int:pk>/interviews/add/", planning.kit_create, name="kit_create"),
    path("kits/<int:pk>/", planning.kit_edit, name="kit_edit"),
    path("kits/<int:pk>/shift/", planning.kit_shift, name="kit_shift"),
    path("kits/<int:pk>/remove/", planning.kit_remove, name="kit_remove"),
    path("kits/<int:pk>/ideas/", ideas.kit_ideas, name="kit_ideas"),
    path("kits/<int:pk>/ideas/take/", ideas.kit_take, name="kit_take"),
    path("brief/<str:token>/", feedback.brief_by_link, name="brief"),
    path("brief/<str:token>/scorecard/", feedback.scorecard_by_link, name="brief_scorecard"),
    path("brief/<str:token>/pages/<int:number>/", feedback.page_by_link, name="brief_page"),
]
